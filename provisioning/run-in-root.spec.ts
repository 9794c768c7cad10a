import { describe, expect, it } from '@jest/globals';
import { inRoot, type RootCommand } from './run-in-root.ts';

const command: RootCommand = {
  root: '/r',
  user: 'asterisk',
  hostsFile: '/h',
  binds: [
    { from: '/home/box one/spool', to: '/denwaban/spool' },
    { from: '/e', to: '/denwaban/asterisk/etc', readOnly: true },
  ],
  deathSignal: 'TERM',
  command: ['/usr/sbin/asterisk', '-f'],
};

describe('a command in the runtime root', () => {
  it('needs only a mount namespace where we are root', () => {
    const { file, args } = inRoot(command, true);
    expect([file, ...args.slice(0, 3)]).toEqual(['unshare', '--mount', '--propagation', 'private']);
    expect(args).toContain('--clear-groups');
  });

  it('has the daemon’s own number without root too', () => {
    const { args } = inRoot(command, false);
    expect(args.slice(0, 4)).toEqual(['--user', '--map-user=64080', '--map-group=64080', '--keep-caps']);
  });

  it.each([true, false])('keeps no privilege and dies with the starter (as root: %s)', (privileged) => {
    const { args } = inRoot(command, privileged);
    expect(args).toEqual(
      expect.arrayContaining([
        '--reuid=64080',
        '--no-new-privs',
        '--inh-caps=-all',
        '--ambient-caps=-all',
        '--bounding-set=-all',
        '--pdeathsig=TERM',
      ]),
    );
    expect(args.slice(-3)).toEqual(['--', '/usr/sbin/asterisk', '-f']);
  });

  it('hands paths over as arguments, never as part of the script', () => {
    const { args } = inRoot(command, true);
    expect(args).toEqual(expect.arrayContaining(['rw', '/home/box one/spool', '/denwaban/spool', 'ro', '/e']));
    expect(args.find((it) => it.includes('mount --rbind'))).not.toContain('box one');
  });
});
