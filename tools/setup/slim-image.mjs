import { chmodSync, lstatSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The settings that the official slim image has beside a plain bootstrap. */
const settings = {
  'etc/dpkg/dpkg.cfg.d/docker': `path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/lintian/*
`,
  'etc/dpkg/dpkg.cfg.d/docker-apt-speedup': 'force-unsafe-io\n',
  'etc/apt/apt.conf.d/docker-clean': `DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
`,
  'etc/apt/apt.conf.d/docker-no-languages': 'Acquire::Languages "none";\n',
  'etc/apt/apt.conf.d/docker-gzip-indexes': 'Acquire::GzipIndexes "true";\n',
  'etc/apt/apt.conf.d/docker-autoremove-suggests': 'Apt::AutoRemove::SuggestsImportant "false";\n',
};

/** What a container does not need, or what belongs to the machine that built the image. */
const dropped = [
  'etc/hostname',
  'etc/resolv.conf',
  'etc/machine-id',
  'etc/apt/sources.list',
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/lintian',
  'var/cache/ldconfig/aux-cache',
];

/** Folders that stay, without what is in them. */
const emptied = ['var/lib/apt/lists', 'var/cache/apt', 'var/log', 'tmp'];

/**
 * Brings a freshly bootstrapped root folder into the shape of the official slim image: sources, settings, no docs.
 * @param {string} root
 * @param {{ release: string, mirror: string, security: boolean, expired: boolean }} options expired: the mirror is a frozen snapshot whose
 *   index has run out
 */
export function slim(root, { release, mirror, security, expired }) {
  for (const path of dropped) rmSync(join(root, path), { recursive: true, force: true });
  for (const path of emptied) empty(join(root, path));
  keepCopyright(join(root, 'usr/share/doc'));
  for (const [path, text] of Object.entries(settings)) writeFileSync(join(root, path), text);
  // Signatures are still checked.
  if (expired) writeFileSync(join(root, 'etc/apt/apt.conf.d/frozen-mirror'), 'Acquire::Check-Valid-Until "false";\n');
  writeFileSync(join(root, 'etc/apt/sources.list.d/debian.sources'), sources(release, mirror, security));
  const policy = join(root, 'usr/sbin/policy-rc.d');
  writeFileSync(policy, '#!/bin/sh\n# Packages start no services in a container.\nexit 101\n');
  chmodSync(policy, 0o755);
}

/**
 * @param {string} release
 * @param {string} mirror
 * @param {boolean} security whether there are security updates beside it
 * @returns {string} sources like the official image's, from the archive that it was made from
 */
export function sources(release, mirror, security) {
  const signedBy = 'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg';
  /**
   * @param {string} address
   * @param {string} suites
   */
  const stanza = (address, suites) =>
    `Types: deb\nURIs: ${address}\nSuites: ${suites}\nComponents: main\n${signedBy}\n`;
  return [
    stanza(mirror, `${release} ${release}-updates`),
    ...(security ? [stanza(`${mirror}-security`, `${release}-security`)] : []),
  ].join('\n');
}

/** @param {string} folder */
function empty(folder) {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

/**
 * Removes all documents but the licences.
 * @param {string} folder
 */
function keepCopyright(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!lstatSync(path).isDirectory()) {
      if (name !== 'copyright') rmSync(path);
      continue;
    }
    keepCopyright(path);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}
