/** The Bitcoin networks. Testnet 3, testnet 4 and signet share their address prefixes; regtest shares the base58 ones. */

export const networks = ['main', 'testnet3', 'testnet4', 'signet', 'regtest'] as const;
export type Network = (typeof networks)[number];
