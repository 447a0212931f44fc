/** What `--help` prints. */
export const HELP = `Hearth: bitcoin mining at home, over encrypted Stratum V2.

  hearth
      Opens the window, or the same pages in your browser where there is none.
  hearth --headless --practice
      Try it: a simulated chain on this computer. It earns nothing.
  hearth --headless --pool stratum2+tcp://HOST:PORT/KEY --user NAME
      Mine at a pool. NAME is the address or account the pool asks for.
  hearth --headless --solo http://127.0.0.1:8332 --address ADDRESS --cookie FILE
      Mine alone on your own node; the whole reward goes to ADDRESS.
  hearth --headless
      Mine as set up before.
  hearth devices
      List the miners on USB, and what is in the way. With --json as JSON.

With a source on the command line the saved settings stay as they are.

Source
  --practice                 the practice chain
  --pool URL --user NAME     a Stratum V2 pool
    --channel KIND           extended (default), or standard
  --solo URL --address ADDR  your own node
    --cookie FILE            its cookie file, or
    --rpc-user NAME          its user; the password is in the environment as
                             HEARTH_RPC_PASSWORD, or
    --rpc-password-file FILE on the first line of this file

Processor
  --threads N                threads that hash
  --duty SHARE               share of the time they do, 0.05 to 1

USB boards
  --no-usb                   leave them alone; otherwise those plugged in are
                             powered and used, except experimental ones, which
                             wait for your word under Devices
  devices                    lists what is plugged in, powering nothing

Running
  --headless                 in this terminal, without a window
  --web                      in the browser, even where there is a window
    --port N                 its port (default: as last time, or a free one)
  --shares N                 end after N accepted shares
  --json                     one event a line, as JSON
  --data DIR                 folder of settings and history
  -h, --help                 this text
  -v, --version              the version

Ctrl-C once ends cleanly: the last shares are answered, everything is saved.
Twice ends at once.

Exit codes: 0 ended as asked (also by Ctrl-C or SIGTERM), 1 failed while running
or ended before --shares was reached, 2 wrong command line, 130 ended by a
second Ctrl-C.
`;
