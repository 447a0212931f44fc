/**
 * One table: fault code → what happened, likely cause, what to do, and the button that does it. The window, the web
 * page and the terminal all speak from it; other languages translate it by code. Codes are stable: scripts use them.
 */

/** Buttons a fault can offer; a user interface knows how to do each. */
export type FaultAction =
  | 'edit-source'
  | 'test-source'
  | 'use-next-source'
  | 'set-clock'
  | 'retry'
  | 'open-settings'
  | 'open-data-folder'
  | 'open-devices'
  | 'none';

export interface FaultText {
  readonly severity: 'info' | 'caution' | 'fault';
  readonly what: string;
  readonly cause: string;
  readonly todo: string;
  readonly action: FaultAction;
}

const f = (severity: FaultText['severity'], what: string, cause: string, todo: string, action: FaultAction = 'none'): FaultText => ({
  severity,
  what,
  cause,
  todo,
  action,
});

export const faults = {
  // What was typed
  'url-malformed': f(
    'caution',
    'This is not a pool address.',
    'A pool address looks like stratum2+tcp://host:port/KEY.',
    'Copy it again from the pool’s own page.',
    'edit-source',
  ),
  'url-port-missing': f(
    'caution',
    'The address has no port.',
    'Every pool listens on its own port; there is no default.',
    'Add the port after the host, as in host:3333.',
    'edit-source',
  ),
  'url-key-missing': f(
    'caution',
    'The address has no authority key.',
    'Without its key nobody can tell the pool from an impostor.',
    'Copy the whole address with the key from the pool’s own page.',
    'edit-source',
  ),
  'url-protocol-unknown': f(
    'caution',
    'Hearth cannot speak this protocol.',
    'The address begins with something other than stratum2+tcp:// or, for a node, http://.',
    'Ask the pool for its Stratum V2 address.',
    'edit-source',
  ),
  'key-checksum': f(
    'caution',
    'The authority key has a typing error.',
    'Its checksum does not match.',
    'Copy the key again.',
    'edit-source',
  ),
  'key-malformed': f(
    'caution',
    'This is not an authority key.',
    'It has the wrong length, or letters a key never has.',
    'Copy the key again.',
    'edit-source',
  ),
  'key-version': f(
    'caution',
    'The authority key has an unknown version.',
    'It was made for another version of the protocol.',
    'Ask the pool for its current key.',
    'edit-source',
  ),
  'key-old-form': f(
    'caution',
    'This authority key is written in an old form.',
    'It was published before keys carried a version.',
    'Ask the pool for its current key.',
    'edit-source',
  ),
  'key-not-on-curve': f(
    'caution',
    'This authority key cannot exist.',
    'Its number is not a point on the curve.',
    'Copy the key again.',
    'edit-source',
  ),
  'address-checksum': f(
    'caution',
    'The address has a typing error.',
    'Its checksum does not match.',
    'Copy the address again from your wallet.',
    'edit-source',
  ),
  'address-malformed': f(
    'caution',
    'This is not a bitcoin address.',
    'It has a length, prefix or letters that no address has.',
    'Copy the address again from your wallet.',
    'edit-source',
  ),
  'address-other-network': f(
    'caution',
    'This address belongs to another network.',
    'Bitcoin and its test networks use different addresses.',
    'Use an address of the network the node or pool is on.',
    'edit-source',
  ),
  'user-missing': f(
    'caution',
    'The pool needs a user name.',
    'It decides who is paid.',
    'Enter the address or account the pool asks for.',
    'edit-source',
  ),
  'no-source': f(
    'caution',
    'There is nowhere to mine.',
    'No pool, no node and no practice has been set up.',
    'Add a pool or a node, or try it with practice.',
    'edit-source',
  ),
  'source-unknown': f('caution', 'This pool or node is not in the list.', 'It was removed meanwhile.', 'Choose another one.', 'none'),
  'device-unknown': f('caution', 'This device is not in the list.', 'It was removed meanwhile.', 'Choose another one.', 'open-devices'),
  'bad-arguments': f('caution', 'Hearth did not understand this.', 'A value is missing or out of range.', 'Check what was entered.'),
  // The way to a pool
  'name-not-found': f(
    'fault',
    'The pool’s name cannot be found.',
    'The internet connection is down, or the name is wrong.',
    'Check the connection, then the name.',
    'test-source',
  ),
  'connection-refused': f(
    'fault',
    'Nothing answers at this port.',
    'The pool or node is not running, or the port is another one.',
    'Check the port, and that the pool or node runs.',
    'test-source',
  ),
  'host-unreachable': f(
    'fault',
    'The pool cannot be reached.',
    'The network or a firewall is in the way.',
    'Check the connection, or try another pool.',
    'use-next-source',
  ),
  'dial-timeout': f(
    'fault',
    'The pool did not answer in time.',
    'It is down, far away, or a firewall drops the connection.',
    'Wait for the next try, or use another pool.',
    'use-next-source',
  ),
  'stream-lost': f(
    'caution',
    'The connection was cut.',
    'The pool closed it, or the network failed.',
    'Hearth connects again by itself.',
    'none',
  ),
  'handshake-timeout': f(
    'fault',
    'The encrypted handshake got stuck.',
    'The pool is overloaded, or does not speak Stratum V2 at this port.',
    'Check the port; try another pool.',
    'test-source',
  ),
  'handshake-failed': f(
    'fault',
    'The encrypted handshake failed.',
    'Something on the way changed the bytes, or this is not a Stratum V2 port.',
    'Check the port. If it happens again, somebody may be interfering.',
    'test-source',
  ),
  'certificate-wrong-key': f(
    'fault',
    'This is not the pool you chose.',
    'It could not prove that it belongs to the authority key in the address. It may be an impostor, or the pool has a new key.',
    'Do not mine here. Compare the key with the pool’s own page.',
    'edit-source',
  ),
  'certificate-expired': f(
    'fault',
    'The pool’s certificate has run out, or this computer’s clock is ahead.',
    'Certificates are valid for a limited time.',
    'Check this computer’s date and time first. If it is right, the pool has to renew.',
    'set-clock',
  ),
  'certificate-not-yet-valid': f(
    'fault',
    'The pool’s certificate is not valid yet: this computer’s clock is probably behind.',
    'Certificates start at the moment of connecting.',
    'Set this computer’s clock, then try again.',
    'set-clock',
  ),
  'certificate-version': f(
    'fault',
    'The pool’s certificate is of an unknown version.',
    'The pool is newer than this app.',
    'Update Hearth, or use another pool.',
    'use-next-source',
  ),
  'transport-tampered': f(
    'fault',
    'The encrypted connection was damaged.',
    'Bytes were changed on the way. Nobody could read or redirect the work.',
    'Hearth connects again by itself.',
    'none',
  ),
  'frame-too-long': f(
    'fault',
    'The pool sent a message longer than any of its kind can be.',
    'A fault in the pool’s software, or a hostile peer.',
    'Hearth connects again; use another pool if it stays.',
    'use-next-source',
  ),
  'frame-timeout': f(
    'fault',
    'A message from the pool stopped half-way.',
    'The connection hangs, or the pool has stopped.',
    'Hearth connects again by itself.',
    'none',
  ),
  'protocol-broken': f(
    'fault',
    'The pool sent something that breaks the protocol.',
    'A fault in the pool’s software, or a hostile peer.',
    'Hearth connects again; use another pool if it stays.',
    'use-next-source',
  ),
  'setup-refused': f(
    'fault',
    'The pool refused the connection.',
    'It does not offer what was asked for.',
    'See its words under evidence; try another pool.',
    'use-next-source',
  ),
  'setup-timeout': f(
    'fault',
    'The pool did not answer the setup.',
    'It is overloaded, or has no work yet.',
    'Hearth tries again by itself.',
    'none',
  ),
  'channel-refused': f(
    'fault',
    'The pool refused this user.',
    'The user name is not known there, or the pool is full.',
    'Check the user name: an address, or an account you registered.',
    'edit-source',
  ),
  'channel-timeout': f('fault', 'The pool did not open a channel.', 'It is overloaded.', 'Hearth tries again by itself.', 'none'),
  'channel-closed': f(
    'caution',
    'The pool closed the channel.',
    'See its words under evidence.',
    'Hearth connects again by itself.',
    'none',
  ),
  'job-timeout': f(
    'fault',
    'The pool gave no work.',
    'It has no template from its own node.',
    'Hearth tries again; use another pool if it stays.',
    'use-next-source',
  ),
  stalled: f(
    'fault',
    'The pool has been silent for too long.',
    'The connection hangs, or the pool has stopped.',
    'Hearth connects again by itself.',
    'none',
  ),
  'reconnect-refused': f(
    'caution',
    'The pool asked to move somewhere Hearth will not go.',
    'The new address is private, or it asked too often.',
    'Hearth stays with the address you chose.',
    'none',
  ),
  'shares-refused': f(
    'fault',
    'The pool keeps refusing good shares.',
    'Hearth checked them; the pool’s fault, or theft.',
    'Use another pool.',
    'use-next-source',
  ),
  'shares-unanswered': f(
    'caution',
    'The pool does not answer shares.',
    'It acknowledges late, or not at all.',
    'Watch it; use another pool if it stays.',
    'use-next-source',
  ),
  'clock-off': f(
    'caution',
    'This computer’s clock is off.',
    'It differs from the time in the pool’s certificate or the chain.',
    'Let the system set the time.',
    'set-clock',
  ),
  'key-published': f(
    'caution',
    'Encrypted, not authenticated.',
    'The secret half of this pool’s key is public, so it proves nothing.',
    'Fine for trying out; choose another pool for real mining.',
    'none',
  ),
  // Solo
  'node-unauthorised': f(
    'fault',
    'The node refused the password.',
    'Wrong user or password, or an old cookie file.',
    'Check the credentials, or point to the node’s cookie file.',
    'edit-source',
  ),
  'cookie-not-readable': f(
    'fault',
    'The node’s cookie file cannot be read.',
    'It is missing, or this user may not read it. The node writes a new one at every start.',
    'Check the path and the permission, and that the node runs.',
    'edit-source',
  ),
  'node-other-network': f(
    'fault',
    'The node is on another network than the address.',
    'Bitcoin and its test networks do not mix.',
    'Use an address of the node’s network.',
    'edit-source',
  ),
  'node-syncing': f(
    'caution',
    'The node is still catching up.',
    'It must know the whole chain before it can give work.',
    'Wait; Hearth starts by itself when it is done.',
    'none',
  ),
  'node-no-peers': f(
    'caution',
    'The node has no connection to other nodes.',
    'It cannot hear of new blocks, nor send yours.',
    'Check the node’s network.',
    'none',
  ),
  'node-warming-up': f('info', 'The node is starting.', 'It answers once its start is done.', 'Wait; Hearth starts by itself.', 'none'),
  'node-answer-bad': f(
    'fault',
    'The node gave an answer that makes no sense.',
    'It is not a bitcoin node, or of a very different version.',
    'Check the address and port.',
    'edit-source',
  ),
  'node-silent': f(
    'fault',
    'The node does not answer in time.',
    'It is very busy, or something else listens at this port.',
    'Hearth asks again by itself. Check the address if it stays.',
    'test-source',
  ),
  'node-rule-unknown': f(
    'fault',
    'The node follows a rule that Hearth does not know.',
    'Blocks made here could be invalid there. The node is newer than Hearth, or on another chain.',
    'Update Hearth, or use another node.',
    'use-next-source',
  ),
  'node-signet-signed': f(
    'fault',
    'Blocks of this signet need its keeper’s signature.',
    'Only those who hold its key can mine it.',
    'Use a node on another network, or a signet of your own.',
    'edit-source',
  ),
  'node-error': f('fault', 'The node reported an error.', 'See its words under evidence.', 'Check the node’s own log.', 'none'),
  'payout-mismatch': f(
    'fault',
    'This work would not pay you.',
    'The coinbase does not pay your address.',
    'Hearth stopped. Do not mine here.',
    'edit-source',
  ),
  'block-refused': f(
    'fault',
    'The node refused a block that was found.',
    'Another block was faster, or the node disagrees.',
    'See the node’s words under evidence.',
    'none',
  ),
  // This computer
  'settings-broken': f(
    'caution',
    'The settings could not be read.',
    'The file was damaged. It was kept beside the new one.',
    'Set up again, or restore a backup.',
    'open-data-folder',
  ),
  'settings-too-new': f(
    'caution',
    'The settings come from a newer Hearth.',
    'They were kept beside the new ones.',
    'Update Hearth, or set up again.',
    'open-data-folder',
  ),
  'settings-not-saved': f(
    'fault',
    'The settings could not be saved.',
    'The disk is full or may not be written.',
    'Make room; Hearth keeps them in memory until then.',
    'open-data-folder',
  ),
  'history-not-saved': f(
    'fault',
    'The history cannot be written.',
    'The disk is full or may not be written.',
    'Make room. Mining goes on; shares are kept in memory meanwhile.',
    'open-data-folder',
  ),
  'history-broken': f(
    'caution',
    'The history could not be read.',
    'The file was damaged. It was kept beside a new one.',
    'Nothing to do; the old file can be repaired by hand.',
    'open-data-folder',
  ),
  'disk-full': f('fault', 'The disk is full.', 'Hearth could not save.', 'Make room.', 'open-data-folder'),
  'file-not-found': f('caution', 'A file is missing.', 'It was moved or removed.', 'Check the path.', 'none'),
  'file-not-readable': f('caution', 'A file may not be read.', 'Its permissions say no.', 'Check the permissions.', 'none'),
  'file-not-writable': f('caution', 'A file may not be written.', 'Its permissions say no.', 'Check the permissions.', 'open-data-folder'),
  'port-in-use': f(
    'fault',
    'Another program uses this port.',
    'Perhaps Hearth already runs.',
    'Close the other program, or choose another port.',
    'none',
  ),
  'listen-failed': f('fault', 'Hearth could not open a port.', 'The system refused it.', 'Choose another port.', 'none'),
  'already-running': f(
    'caution',
    'Hearth already runs with this data folder.',
    'Two at once would spoil the history.',
    'Use the one that runs, or another folder.',
    'none',
  ),
  // Devices
  'device-gone': f(
    'info',
    'A device was unplugged.',
    'The cable, the port or its power.',
    'Plug it in again; it starts by itself.',
    'open-devices',
  ),
  'device-failed': f('fault', 'A device stopped working.', 'See the evidence.', 'Unplug it, wait, plug it in again.', 'open-devices'),
  'worker-crashed': f(
    'fault',
    'A processor thread stopped.',
    'The computer ran out of memory, or a fault in Hearth.',
    'Hearth starts it again by itself.',
    'none',
  ),
  'hardware-errors': f(
    'caution',
    'A device gives wrong answers.',
    'It is too hot, too fast, or gets too little power.',
    'Lower its frequency, check its power and cooling.',
    'open-devices',
  ),
  'device-silent': f(
    'fault',
    'A device has gone silent.',
    'It says that it hashes, but no answer has come for far too long.',
    'Unplug it, wait, plug it in again.',
    'open-devices',
  ),
  'app-interrupted': f(
    'caution',
    'Hearth was not running while it should have been mining.',
    'The computer was off or asleep, or Hearth was ended by force.',
    'Nothing to do: mining has started again.',
    'none',
  ),
  'miner-gone': f(
    'fault',
    'The miner does not answer.',
    'It was closed, or it is starting again.',
    'Hearth connects again by itself. If it was closed, start it again.',
    'retry',
  ),
  'random-broken': f(
    'fault',
    'This computer gives no random numbers.',
    'Its random source is broken: keys made with it would be worthless.',
    'Restart the computer.',
    'none',
  ),
  internal: f('fault', 'Something went wrong inside Hearth.', 'This is a fault in Hearth.', 'Copy the diagnostics and report it.', 'none'),
} as const satisfies Record<string, FaultText>;

export type FaultCode = keyof typeof faults;

/** True for codes of the table; anything else a peer or library says is evidence, not a code. */
export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faults, code);
}
