import { expect, test } from 'vitest';
import { FAILOVER_LIMITS, Failover, type FailoverSource } from '../../core/pool/failover.ts';

const { graceMs, stableMs, steadyMs, benchMs } = FAILOVER_LIMITS;
const pool = (id: string, more: Partial<FailoverSource> = {}): FailoverSource => ({ id, readable: false, practice: false, ...more });

function started(...sources: FailoverSource[]): Failover {
  const failover = new Failover();
  failover.setOrder(sources, 0);
  failover.start(0);
  return failover;
}

/** `first` mined for a while, then lost for longer than the grace, `second` taken. Returns the time. */
function fallen(failover: Failover): number {
  failover.heard('first', 'up', 1_000);
  failover.tick(100_000);
  failover.heard('first', 'down', 100_000);
  failover.tick(100_000 + graceMs);
  failover.heard('second', 'up', 101_000 + graceMs);
  return 101_000 + graceMs;
}

test('only the first source is connected while it has its grace', () => {
  const failover = started(pool('first'), pool('second'));
  expect(failover.plan()).toMatchObject({ run: ['first'], activeId: undefined, preferredId: 'first' });
  expect(failover.heard('first', 'up', 900)).toEqual({ fromId: undefined, toId: 'first', reason: 'started' });
  expect(failover.plan()).toMatchObject({ run: ['first'], activeId: 'first' });
});

test('a source that never works makes place after the grace, and each next one has its own', () => {
  const failover = started(pool('first'), pool('second'), pool('third'));
  expect(failover.deadline()).toBe(graceMs);
  failover.tick(graceMs - 1);
  expect(failover.plan().run).toEqual(['first']);
  failover.tick(graceMs);
  expect(failover.plan().run).toEqual(['first', 'second']);
  failover.tick(2 * graceMs);
  expect(failover.plan().run).toEqual(['first', 'second', 'third']);
});

test('a source that refuses for good makes place at once', () => {
  const failover = started(pool('first'), pool('second'));
  failover.heard('first', 'refused', 10);
  expect(failover.plan().run).toEqual(['first', 'second']);
  expect(failover.heard('second', 'up', 20)?.toId).toBe('second');
});

test('a short break of the active source switches nothing', () => {
  const failover = started(pool('first'), pool('second'));
  failover.heard('first', 'up', 0);
  failover.tick(steadyMs);
  failover.heard('first', 'down', 40_000);
  expect(failover.tick(40_000 + graceMs - 1)).toBeUndefined();
  failover.heard('first', 'up', 40_000 + graceMs - 1);
  expect(failover.plan()).toMatchObject({ run: ['first'], activeId: 'first' });
});

test('after the grace the next source is connected and taken as soon as it works', () => {
  const failover = started(pool('first'), pool('second'));
  const now = fallen(failover);
  expect(now).toBe(101_000 + graceMs);
  expect(failover.plan()).toMatchObject({ run: ['first', 'second'], activeId: 'second', preferredId: 'first' });
});

test('the preferred source is taken back only when it has worked for the whole stable time', () => {
  const failover = started(pool('first'), pool('second'));
  const now = fallen(failover);
  failover.heard('first', 'up', now + 5_000);
  expect(failover.plan().returnsAtMs).toBe(now + 5_000 + stableMs);
  failover.heard('first', 'down', now + 60_000);
  failover.heard('first', 'up', now + 61_000);
  expect(failover.tick(now + 5_000 + stableMs)).toBeUndefined();
  expect(failover.deadline()).toBe(now + 61_000 + stableMs);
  expect(failover.tick(now + 61_000 + stableMs)).toEqual({ fromId: 'second', toId: 'first', reason: 'returned' });
  expect(failover.plan().run).toEqual(['first']);
});

test('when the fallback fails while the preferred one works again, nobody waits for the stable time', () => {
  const failover = started(pool('first'), pool('second'));
  const now = fallen(failover);
  failover.heard('first', 'up', now + 1_000);
  expect(failover.heard('second', 'down', now + 2_000)).toMatchObject({ toId: 'first' });
});

test('a source that flaps is left although no single break lasts as long as the grace', () => {
  const failover = started(pool('first'), pool('second'));
  failover.heard('first', 'up', 0);
  failover.tick(steadyMs);
  for (let now = 40_000; now < 40_000 + graceMs + 8_000; now += 4_000) {
    failover.heard('first', 'down', now);
    failover.heard('first', 'up', now + 2_000);
  }
  failover.heard('first', 'down', 80_000);
  expect(failover.plan().run).toEqual(['first', 'second']);
  expect(failover.heard('second', 'up', 81_000)).toMatchObject({ toId: 'second', reason: 'unavailable' });
});

test('use now keeps mining at the old source until the chosen one works, then switches at once', () => {
  const failover = started(pool('first'), pool('second'));
  failover.heard('first', 'up', 0);
  expect(failover.use('second', 1_000)).toBeUndefined();
  expect(failover.plan()).toMatchObject({ run: ['second', 'first'], activeId: 'first', preferredId: 'second' });
  expect(failover.heard('second', 'up', 1_500)).toEqual({ fromId: 'first', toId: 'second', reason: 'chosen' });
  expect(failover.plan().run).toEqual(['second']);
});

test('a chosen source that fails later falls to the list and has to prove stable before it is taken back', () => {
  const failover = started(pool('first'), pool('second'));
  failover.heard('first', 'up', 0);
  failover.use('second', 1_000);
  failover.heard('second', 'up', 1_500);
  failover.tick(100_000);
  failover.heard('second', 'down', 100_000);
  failover.tick(100_000 + graceMs);
  expect(failover.heard('first', 'up', 125_000)?.toId).toBe('first');
  expect(failover.heard('second', 'up', 130_000)).toBeUndefined();
  expect(failover.tick(130_000 + stableMs)).toMatchObject({ toId: 'second', reason: 'returned' });
});

test('an encrypted source never falls to a readable one, and a readable one may fall to an encrypted one', () => {
  const down = started(pool('first'), pool('plain', { readable: true }));
  down.heard('first', 'refused', 1);
  down.tick(10 * graceMs);
  expect(down.plan().run).toEqual(['first']);
  const up = started(pool('plain', { readable: true }), pool('second'));
  up.heard('plain', 'refused', 1);
  expect(up.plan().run).toEqual(['plain', 'second']);
});

test('a readable source is used when a person chooses it', () => {
  const failover = started(pool('first'), pool('plain', { readable: true }));
  failover.heard('first', 'up', 0);
  failover.use('plain', 1);
  expect(failover.heard('plain', 'up', 2)).toMatchObject({ toId: 'plain', reason: 'chosen' });
});

test('practice is neither a fallback nor has one', () => {
  const real = started(pool('first'), pool('practice', { practice: true }));
  real.heard('first', 'refused', 1);
  expect(real.plan().run).toEqual(['first']);
  const practice = started(pool('practice', { practice: true }), pool('second'));
  practice.heard('practice', 'refused', 1);
  expect(practice.plan().run).toEqual(['practice']);
});

test('MIN-47 a source that keeps refusing good shares stands behind the others for a while', () => {
  const failover = started(pool('first'), pool('second'));
  failover.heard('first', 'up', 0);
  failover.distrust('first', 1_000);
  expect(failover.plan()).toMatchObject({ run: ['second', 'first'], activeId: 'first' });
  expect(failover.heard('second', 'up', 2_000)).toEqual({ fromId: 'first', toId: 'second', reason: 'distrusted' });
  failover.tick(1_000 + benchMs);
  expect(failover.plan().run).toEqual(['first', 'second']);
});

test('MIN-47 the only source stays in use although it is distrusted', () => {
  const failover = started(pool('first'));
  failover.heard('first', 'up', 0);
  expect(failover.distrust('first', 1_000)).toBeUndefined();
  expect(failover.plan()).toMatchObject({ run: ['first'], activeId: 'first' });
});

test('removing the active source leaves it at once; a new order does not disturb one that stays', () => {
  const failover = started(pool('first'), pool('second'));
  failover.heard('first', 'up', 0);
  failover.setOrder([pool('second')], 10);
  expect(failover.plan()).toMatchObject({ run: ['second'], activeId: undefined });
  failover.heard('second', 'up', 20);
  failover.setOrder([pool('second'), pool('first')], 30);
  expect(failover.plan()).toMatchObject({ run: ['second'], activeId: 'second' });
});

test('a better source put before the active one is connected and taken when it has proved stable', () => {
  const failover = started(pool('second'));
  failover.heard('second', 'up', 0);
  failover.setOrder([pool('first'), pool('second')], 10);
  expect(failover.plan()).toMatchObject({ run: ['first', 'second'], activeId: 'second' });
  failover.heard('first', 'up', 20);
  expect(failover.tick(20 + stableMs)?.toId).toBe('first');
});

test('after stop nothing runs and nothing is due', () => {
  const failover = started(pool('first'), pool('second'));
  failover.heard('first', 'up', 0);
  failover.stop();
  expect(failover.plan()).toMatchObject({ run: [], activeId: undefined });
  expect(failover.deadline()).toBeUndefined();
});

test('a tick that comes a fraction early does not lose the moment it came for', () => {
  const failover = started(pool('first'), pool('second'));
  const now = fallen(failover);
  failover.heard('first', 'up', now);
  expect(failover.tick(now + stableMs - 0.4)).toBeUndefined();
  // By the time the next tick is asked for, the moment is past: it still counts.
  expect(failover.deadline()).toBe(now + stableMs);
  expect(failover.tick(now + stableMs)).toMatchObject({ toId: 'first', reason: 'returned' });
});
