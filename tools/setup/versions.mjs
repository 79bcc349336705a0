/** What setup installs where nothing fitting is found, and what counts as fitting. One place for every number. */
export const versions = Object.freeze({
  /** Installed as an npm package. */
  node: '24.21.0',
  /** The first release that runs TypeScript without a flag. */
  nodeMinimum: '22.18.0',
  pulumi: '3.259.0',
  /** The oldest CLI that has everything the program asks of it; 4 and later are not known to fit. */
  pulumiMinimum: '3.248.0',
  pulumiLimit: '4.0.0',
  /** The last tagged release of the SDK that holds the Node language host as a Go package. */
  languageHost: '3.68.0',
  /** What building the CLI takes. */
  go: '1.25.11',
  /** The first Go that can fetch a newer Go by itself. */
  goMinimum: '1.21.0',
  /** Docker Engine 25: the first whose health checks know a start interval. */
  dockerApi: '1.44',
  dockerEngine: '25.0',
});

/**
 * Orders two dotted versions by number; a leading `v` and anything after `-` or `+` are ignored, missing parts are 0.
 * @param {string} a
 * @param {string} b
 * @returns {number} below 0 when a is older, 0 when they are equal, above 0 when a is newer
 */
export function compareVersions(a, b) {
  const left = parts(a);
  const right = parts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * @param {string} version
 * @returns {number[]}
 */
function parts(version) {
  const [numbers = ''] = version.replace(/^(?:go|v)/, '').split(/[-+]/);
  return numbers.split('.').map((part) => Number.parseInt(part, 10) || 0);
}

/**
 * @param {string} version of Node, with or without the leading `v`
 * @returns {boolean} whether the program runs on it as it is
 */
export function nodeFits(version) {
  return compareVersions(version, versions.nodeMinimum) >= 0;
}

/**
 * @param {string} version of the Pulumi CLI, as `pulumi version` prints it
 * @returns {boolean}
 */
export function pulumiFits(version) {
  return compareVersions(version, versions.pulumiMinimum) >= 0 && compareVersions(version, versions.pulumiLimit) < 0;
}
