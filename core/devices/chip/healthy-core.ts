/** The constant answers of healthy BM1384 and BM1387 cores to the dummy job that opens them. Never nonces, even later. */

const answers = [0x7203ea83, 0xe16bf809];

/** `bigEndian`: the four nonce bytes as they come, first byte highest. */
export function isHealthyCore(bigEndian: number): boolean {
  return answers.includes(bigEndian);
}
