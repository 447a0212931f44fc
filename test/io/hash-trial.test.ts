/** Which kernel is chosen: only a right one, and of those the fastest. */
import { expect, test } from 'vitest';
import { encodeModule } from '../../core/devices/cpu/assembly/wasm-writer.ts';
import { hashKernels, hashTrial } from '../../core/devices/cpu/kernels.ts';
import { KernelTrial } from '../../core/io/hash-trial.ts';
import type { HashKernel } from '../../core/ports.ts';

const [scalar, mixed] = hashKernels as readonly [HashKernel, HashKernel];
/** A clock that runs fast, so that nothing is waited for; speeds do not matter where it is used. */
const fastClock = () => {
  let now = 0;
  return () => {
    now += 50;
    return now;
  };
};

/** Answers at once, as if it had tried everything. */
const cheat: HashKernel = {
  name: 'cheat',
  lanes: 8,
  wasm: encodeModule({ parameters: 3, locals: [], code: [0x20, 2] }, []),
};

test('the fastest kernel that is right is chosen, and its speed is told', () => {
  const chosen = new KernelTrial([scalar, mixed], hashTrial, () => performance.now()).look();
  expect(chosen?.kernel.name).toBe('mixed');
  expect(chosen?.hashesPerSecond).toBeGreaterThan(100_000);
});

test('a kernel that gives other answers is never chosen, however fast', () => {
  const trial = new KernelTrial([scalar, cheat], hashTrial, fastClock());
  expect(trial.look()?.kernel.name).toBe('scalar');
  expect(trial.look()?.kernel.name).toBe('scalar');
});

test('a kernel with one wrong lane is not chosen', () => {
  const swapped: HashKernel = { ...mixed, name: 'one lane too many', lanes: 6 };
  expect(new KernelTrial([scalar, swapped], hashTrial, fastClock()).look()?.kernel.name).toBe('scalar');
});

test('a kernel that the engine cannot run is passed over', () => {
  const unknown: HashKernel = { ...mixed, wasm: mixed.wasm.slice(0, 100) };
  expect(new KernelTrial([unknown, scalar], hashTrial, fastClock()).look()?.kernel.name).toBe('scalar');
});

test('the known answers are those of another implementation, the block of 125552 among them', () => {
  expect(hashTrial.answers.filter(({ topWord }) => topWord === 0).map(({ nonce }) => nonce)).toEqual([0x9546a142]);
  expect(hashTrial.answers.length).toBeGreaterThan(4);
});

test('without a right kernel nothing is chosen', () => {
  expect(new KernelTrial([cheat], hashTrial, fastClock()).look()).toBeUndefined();
  expect(new KernelTrial([], hashTrial, fastClock()).look()).toBeUndefined();
});
