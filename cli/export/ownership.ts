/** Whose a file is and who may do what. */
export interface Access {
  /** Permission bits, e.g. 0o400. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A user of this machine. */
export type User = Pick<Access, 'uid' | 'gid'>;

/**
 * How a file that belongs to somebody in a container can be written by `self`. Root gives it away. Anybody else can't:
 * then all may do what its owner may, within the container; on the host, the folder around it lets nobody else in.
 */
export function accessFor(planned: Access, self: User): Access {
  if (self.uid === 0) return planned;
  if (self.uid === planned.uid) return { ...planned, gid: self.gid };
  const owner = (planned.mode >> 6) & 0o5;
  return { mode: owner * 0o111, ...self };
}

/** Whether any file ends up open to more users than planned. */
export function isOpened(planned: Access, self: User): boolean {
  return (accessFor(planned, self).mode & ~planned.mode) !== 0;
}
