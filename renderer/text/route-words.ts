/** What is written along the Route. Every sentence says only what the snapshot knows. */
import type { Snapshot, SourceSnapshot } from '../../core/contract.ts';
import type { Leg, RouteModel, Spare, Strand } from '../state/route.ts';
import { isStep, placeOf } from '../state/steps.ts';
import type { Throughput } from '../state/throughput.ts';
import { deviceName } from './names.ts';
import { fmt, t } from './words.svelte.ts';

export function strandName(strand: Strand): string {
  const [only] = strand.devices;
  return strand.devices.length === 1 && only ? deviceName(only) : t(`route.group.${strand.kind}`, { n: strand.devices.length });
}

export function strandKind(strand: Strand): string {
  const [only] = strand.devices;
  if (strand.devices.length !== 1 || !only) return '';
  const threads = only.settings.threads;
  if (strand.kind === 'processor') return threads === undefined ? t('route.kind.processor') : t('route.threads', { n: threads });
  return t(`route.kind.${strand.kind}`);
}

/** The figure first, then what else the device says. */
export function strandFacts(strand: Strand): { readonly figure: string; readonly rest: string } {
  const temps = strand.devices.flatMap(({ tempC }) => (tempC === undefined ? [] : [tempC]));
  const warm = temps.length > 0 ? fmt().celsius(Math.max(...temps)) : '';
  if (strand.state === 'unknown') return { figure: '', rest: t('route.leg.lost') };
  if (strand.state === 'flowing') return { figure: fmt().rateText(strand.hashesPerSecond), rest: warm };
  return { figure: '', rest: [restWord(strand), warm].filter(Boolean).join(' · ') };
}

function restWord(strand: Strand): string {
  if (strand.devices.some(({ fault, state }) => fault && state !== 'gone')) return t('route.needsYou');
  const states = strand.devices.map(({ state }) => state);
  if (states.every((state) => state === 'gone')) return t('route.gone');
  if (states.includes('preparing')) return t('route.preparing');
  return states.includes('resting') ? t('route.resting') : t('route.idle');
}

export function legOver(leg: Leg, source: SourceSnapshot | undefined, now: number): { readonly what: string; readonly note: string } {
  if (!source) return { what: '', note: '' };
  if (leg.state === 'unknown') return { what: t('route.leg.lost'), note: t('route.leg.lostNote') };
  if (leg.state === 'broken') return { what: t('route.leg.broken', { step: stepWord(source.step) }), note: brokenNote(source, now) };
  if (leg.state === 'connecting') return { what: t('route.leg.connecting'), note: stepNote(source) };
  if (source.kind === 'practice') return { what: t('route.leg.practice'), note: t('route.leg.practiceNote') };
  if (source.kind === 'solo') return { what: t('route.leg.solo'), note: t('route.leg.soloNote') };
  if (source.privacy === 'plain') return { what: t('route.leg.plain'), note: t('route.leg.plainNote') };
  const key = source.privacy === 'encrypted' ? 'encrypted' : 'authenticated';
  return { what: t(`route.leg.${key}`), note: t(`route.leg.${key}Note`) };
}

export function legUnder(leg: Leg, source: SourceSnapshot | undefined, passing: Throughput | undefined, now: number): readonly string[] {
  if (!source || leg.state === 'unknown') return [];
  if (leg.state === 'broken') return [retryWord(source, now), t('route.leg.noRetry')];
  if (leg.state !== 'flowing') return [t('route.leg.idle')];
  const bytes = passing && t('route.leg.bytes', { out: perSecond(passing.bytesOutPerSecond), in: perSecond(passing.bytesInPerSecond) });
  return [sharesWord(leg.sharesPerMinute), bytes ?? ''].filter(Boolean);
}

export function legLock(leg: Leg, source: SourceSnapshot | undefined): string {
  return t(`route.lock.${leg.lock}`, { pool: source?.name ?? '' });
}

export function stopFacts(source: SourceSnapshot, now: number): readonly string[] {
  const facts = source.kind === 'practice' ? [t('route.pool.inside')] : [];
  if (source.roundTripMs !== undefined) facts.push(t('route.pool.answers', { duration: fmt().duration(source.roundTripMs) }));
  if (source.height !== undefined) facts.push(t('route.pool.height', { height: source.height }));
  else if (source.lastJobAt !== undefined) facts.push(t('route.pool.jobAge', { ago: fmt().ago(source.lastJobAt, now) }));
  return facts;
}

export function spareFacts(spare: Spare, snapshot: Snapshot, now: number): string {
  const { source } = spare;
  const returnsAt = snapshot.failover?.returnsAt;
  if (spare.role === 'preferred' && returnsAt !== undefined) return t('route.spare.returns', { time: fmt().time(returnsAt, now) });
  if (source.fault) return t('route.spare.notUsable');
  if (!source.lastTest) return t('route.spare.untested');
  return t(source.lastTest.ok ? 'route.spare.standingBy' : 'route.spare.failedTest', { ago: fmt().ago(source.lastTest.at, now) });
}

/** What a screen reader hears as the name of the drawing. */
export function routeLabel(route: RouteModel): string {
  const pool = route.source?.name ?? t('route.noPool');
  if (route.leg.state === 'broken') return t('route.nameBroken', { pool, step: stepWord(route.source?.step) });
  const devices = t('route.devices', { n: route.strands.reduce((sum, strand) => sum + strand.devices.length, 0) });
  return t('route.name', { devices, pool });
}

export function stepWord(step: string | undefined): string {
  return step !== undefined && isStep(step) ? t(`step.${step}`) : t('word.unknown');
}

function stepNote(source: SourceSnapshot): string {
  const place = placeOf(source.step, source.kind);
  return place ? t('say.startingStep', { ...place, step: stepWord(source.step) }) : '';
}

function brokenNote(source: SourceSnapshot, now: number): string {
  const place = placeOf(source.step, source.kind);
  const time = source.fault ? fmt().time(source.fault.since, now) : '';
  if (place && time) return t('route.leg.brokenSince', { ...place, time });
  return time ? t('devices.since', { time }) : '';
}

function retryWord(source: SourceSnapshot, now: number): string {
  if (source.state === 'refused') return t('route.leg.waitsForYou');
  return source.retryAt === undefined
    ? t('route.leg.idle')
    : t('route.leg.retry', { duration: fmt().duration(Math.max(0, source.retryAt - now)) });
}

function sharesWord(perMinute: number | undefined): string {
  if (perMinute === undefined) return '';
  if (perMinute < 1) return t('route.leg.sharesFew', { n: round(perMinute * 60) });
  return t('route.leg.shares', { n: round(perMinute) });
}

function round(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}

function perSecond(bytes: number): string {
  return `${fmt().bytes(Math.round(bytes))}/s`;
}
