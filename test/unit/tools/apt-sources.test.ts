import { describe, expect, it } from '@jest/globals';
import { saysExpired } from '../../../tools/setup/apt.mjs';
import { findMirror, parseDistribution } from '../../../tools/setup/apt-sources.mjs';
import { releaseExpired } from '../../../tools/setup/probes.mjs';

describe('findMirror', () => {
  it.each([
    ['a line', 'deb http://mirror.example/debian bookworm main\n'],
    ['a line with options', 'deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ bookworm main\n'],
    ['a stanza', 'Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\n'],
  ])('reads %s', (_, text) => {
    expect(findMirror([text])).toBe('http://mirror.example/debian');
  });

  it('passes over other archives and comments', () => {
    const text =
      '# deb http://old.example/debian sid main\ndeb http://security.example/debian-security bookworm main\n';
    expect(findMirror([text, 'URIs: https://packages.example/apt\n'])).toBeUndefined();
  });
});

describe('parseDistribution', () => {
  it('reads quoted and bare values', () => {
    const text = 'ID=ubuntu\nID_LIKE="debian"\nVERSION_CODENAME=noble\nVERSION_ID="24.04"\n';
    expect(parseDistribution(text)).toEqual({ id: 'ubuntu', like: 'debian', codename: 'noble' });
  });
});

describe('a frozen mirror', () => {
  const release = 'Suite: stable-updates\nValid-Until: Fri, 27 Nov 2026 02:11:10 UTC\n';

  it('is known by an index that has run out', () => {
    expect(releaseExpired(release, new Date('2026-11-28'))).toBe(true);
    expect(releaseExpired(release, new Date('2026-11-26'))).toBe(false);
    expect(releaseExpired('Suite: stable\n', new Date('2026-11-28'))).toBe(false);
  });

  it('is known by what apt-get says', () => {
    const line = 'E: Release file for http://m/debian/dists/x/InRelease is expired (invalid since 3d). Updates…';
    expect(saysExpired(['Get:1 http://m/debian', line])).toBe(true);
    expect(saysExpired(['Hit:1 http://m/debian'])).toBe(false);
  });
});
