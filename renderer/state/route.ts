/** The Route as data: what the drawing shows, read from one snapshot and nothing else. True or absent, never assumed. */
import type { DeviceSnapshot, Snapshot, SourceSnapshot } from '../../core/contract.ts';
import type { Link } from '../backend.ts';
import { activeSource, nextAfter, preferredOver } from './sentence.ts';

export type Glyph = 'g-stick' | 'g-board' | 'g-computer' | 'g-node' | 'g-pool';
export type StrandState = 'flowing' | 'idle' | 'broken' | 'unknown';
export type DeviceKind = DeviceSnapshot['kind'];

/** One line from a device, or from all devices of a kind. */
export interface Strand {
  readonly key: string;
  readonly kind: DeviceKind;
  readonly glyph: Glyph;
  /** One device, or several behind one line. */
  readonly devices: readonly DeviceSnapshot[];
  readonly state: StrandState;
  readonly hashesPerSecond: number;
  /** Pixels. */
  readonly width: number;
  readonly lock: 'cable' | 'inside' | 'lan';
}

export type LegState = 'flowing' | 'idle' | 'connecting' | 'broken' | 'unknown';
export interface Leg {
  readonly state: LegState;
  readonly lock: SourceSnapshot['privacy'] | 'broken';
  readonly width: number;
  readonly sharesPerMinute: number | undefined;
}

export interface Spare {
  readonly source: SourceSnapshot;
  /** `next` takes over if the one in use fails; `preferred` is the first in the list, away for now. */
  readonly role: 'next' | 'preferred';
}

export interface RouteModel {
  readonly strands: readonly Strand[];
  readonly source: SourceSnapshot | undefined;
  readonly leg: Leg;
  readonly spare: Spare | undefined;
  readonly burning: boolean;
}

const MAX_STRANDS = 3; // more lines than that and nobody can read one
const THICKEST_PX = 12;
const THINNEST_PX = 1.5;
const PX_PER_TERAHASH = 4.6;
const HOLLOW_PX = 7.4; // practice: an empty pipe, whatever the rate

export function routeOf(snapshot: Snapshot, link: Link): RouteModel {
  const source = activeSource(snapshot);
  const known = link.at !== 'lost';
  const strands = widen(strandsOf(snapshot, known), snapshot.practice);
  const leg = legOf(snapshot, source, known, total(strands));
  return { strands, source, leg, spare: spareOf(snapshot, source), burning: leg.state === 'flowing' };
}

function strandsOf(snapshot: Snapshot, known: boolean): Strand[] {
  const here = snapshot.devices.filter((device) => device.state !== 'gone');
  const shown = here.length > 0 ? here : snapshot.devices;
  const groups = shown.length <= MAX_STRANDS ? shown.map((device) => [device]) : byKind(shown);
  return groups.map((devices) => strandOf(devices, snapshot, known));
}

function byKind(devices: readonly DeviceSnapshot[]): DeviceSnapshot[][] {
  const kinds: readonly DeviceKind[] = ['usb', 'lan', 'processor'];
  return kinds.map((kind) => devices.filter((device) => device.kind === kind)).filter((group) => group.length > 0);
}

function strandOf(devices: readonly DeviceSnapshot[], snapshot: Snapshot, known: boolean): Strand {
  const kind = devices[0]?.kind ?? 'processor';
  return {
    key: devices.length === 1 ? (devices[0]?.id ?? kind) : kind,
    kind,
    glyph: glyphOf(devices[0]),
    devices,
    state: known ? strandState(devices, snapshot) : 'unknown',
    hashesPerSecond: devices.reduce((sum, device) => sum + device.hashesPerSecond, 0),
    width: THINNEST_PX,
    lock: kind === 'usb' ? 'cable' : kind === 'lan' ? 'lan' : 'inside',
  };
}

function strandState(devices: readonly DeviceSnapshot[], snapshot: Snapshot): StrandState {
  if (snapshot.mining.at === 'mining' && devices.some((device) => device.state === 'hashing')) return 'flowing';
  return devices.every((device) => device.fault !== undefined || device.state === 'gone') ? 'broken' : 'idle';
}

export function glyphOf(device: Pick<DeviceSnapshot, 'kind' | 'model'> | undefined): Glyph {
  if (device?.kind === 'usb') return /bitaxe|board/i.test(device.model) ? 'g-board' : 'g-stick';
  return device?.kind === 'lan' ? 'g-board' : 'g-computer';
}

/** As thick as its share of the hashrate; the sum is at most 12 px. Practice has one width: it is hollow. */
function widen(strands: readonly Strand[], practice: boolean): Strand[] {
  const flowing = strands.filter(({ state }) => state === 'flowing');
  const sum = flowing.reduce((all, strand) => all + strand.hashesPerSecond, 0) / 1e12;
  const perTerahash = Math.min(PX_PER_TERAHASH, THICKEST_PX / Math.max(sum, 1e-9));
  return strands.map((strand) => {
    if (strand.state !== 'flowing') return strand;
    if (practice) return { ...strand, width: HOLLOW_PX / Math.max(1, flowing.length) };
    return { ...strand, width: Math.max(THINNEST_PX, (strand.hashesPerSecond / 1e12) * perTerahash) };
  });
}

function total(strands: readonly Strand[]): number {
  const sum = strands.filter(({ state }) => state === 'flowing').reduce((all, { width }) => all + width, 0);
  return Math.max(THINNEST_PX, Math.min(sum, THICKEST_PX));
}

function legOf(snapshot: Snapshot, source: SourceSnapshot | undefined, known: boolean, width: number): Leg {
  const state = known ? legState(snapshot, source) : 'unknown';
  const lock = state === 'broken' ? 'broken' : (source?.privacy ?? 'local');
  const sharesPerMinute = snapshot.secondsPerShare ? 60 / snapshot.secondsPerShare : undefined;
  return {
    state,
    lock,
    width: state === 'flowing' ? width : THINNEST_PX,
    sharesPerMinute: state === 'flowing' ? sharesPerMinute : undefined,
  };
}

function legState(snapshot: Snapshot, source: SourceSnapshot | undefined): LegState {
  if (!source) return 'idle';
  if (source.state === 'waiting' || source.state === 'refused') return 'broken';
  if (source.state === 'connecting') return 'connecting';
  const works = snapshot.devices.some((device) => device.state === 'hashing');
  return snapshot.mining.at === 'mining' && source.active && source.state === 'open' && works ? 'flowing' : 'idle';
}

function spareOf(snapshot: Snapshot, source: SourceSnapshot | undefined): Spare | undefined {
  if (!source || source.kind === 'practice') return undefined;
  const preferred = preferredOver(snapshot, source);
  if (preferred) return { source: preferred, role: 'preferred' };
  const next = nextAfter(snapshot, source);
  return next && { source: next, role: 'next' };
}
