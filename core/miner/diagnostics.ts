/** A text to copy into a report: what runs, what stands, what happened. No secrets, no user names, no payout addresses. */
import type { EventEntry, Snapshot, SourceSnapshot } from '../contract.ts';

const MAX_EVENTS = 50;

export function diagnosticsOf(snapshot: Snapshot): string {
  const { version, now, startedAt, mining, practice, accepted, refused, pending, unanswered } = snapshot;
  const lines = [
    `Hearth ${version}`,
    `time ${new Date(now).toISOString()}, started ${new Date(startedAt).toISOString()}`,
    `state ${mining.at}${practice ? ' (practice)' : ''}, ${Math.round(snapshot.hashesPerSecond)} of ${Math.round(snapshot.expectedHashesPerSecond)} H/s`,
    `shares accepted ${accepted}, refused ${refused}, pending ${pending}, unanswered ${unanswered}, blocks ${snapshot.blocks}`,
    '',
    'Sources, in order',
    ...snapshot.sources.map(sourceLine),
    '',
    'Devices',
    ...snapshot.devices.map(
      (device) =>
        `- ${device.model} (${device.kind}, ${device.location}, ${device.chips} chips): ${device.state}${device.detail ? ` ${device.detail}` : ''}, ` +
        `${Math.round(device.hashesPerSecond)} of ${Math.round(device.expectedHashesPerSecond)} H/s, ${device.shares} shares, ${device.hardwareErrors} hardware errors`,
    ),
    '',
    'Faults that stand',
    ...snapshot.faults.map(
      (fault) => `- ${new Date(fault.since).toISOString()} ${fault.code} about ${fault.about} ${JSON.stringify(fault.facts)}`,
    ),
    '',
    'Last events',
    ...snapshot.events.slice(0, MAX_EVENTS).map(eventLine),
  ];
  return redact(lines.join('\n'), snapshot);
}

function sourceLine(source: SourceSnapshot): string {
  const { kind, protocol, endpoint, privacy, state, step, fault, accepted, refused, roundTripMs } = source;
  const parts = [state, step, fault?.code, source.active && 'active', roundTripMs !== undefined && `${Math.round(roundTripMs)} ms`];
  return `- ${kind} ${endpoint} (${protocol}, ${privacy}): ${parts.filter(Boolean).join(', ')}; accepted ${accepted}, refused ${refused}`;
}

function eventLine({ at, type, ...facts }: EventEntry): string {
  return `- ${new Date(at).toISOString()} ${type} ${JSON.stringify(facts)}`;
}

/** A peer's words or a path may repeat what the person typed. */
function redact(text: string, { sources, dataPath }: Snapshot): string {
  const users = sources.flatMap(({ user, name }) => [user, name]).filter((word): word is string => word !== undefined && word.length > 3);
  const home = /^(.*?[\\/](?:Users|home)[\\/][^\\/]+)/.exec(dataPath)?.[1];
  const clean = users.reduce((shown, user) => shown.replaceAll(user, '[user]'), text);
  return home ? clean.replaceAll(home, '~') : clean;
}
