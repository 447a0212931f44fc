/** Which system this page runs on: Hearth answers on this computer only, so it is the miner's too. */
export type System = 'windows' | 'mac' | 'linux';

export function systemOf({ platform }: Pick<Navigator, 'platform'>): System {
  if (/^win/i.test(platform)) return 'windows';
  return /^mac/i.test(platform) ? 'mac' : 'linux';
}
