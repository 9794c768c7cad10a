/** Asterisk could not be asked at all: not connected, connection lost, or no answer in time. */
export class AsteriskUnreachableError extends Error {
  constructor(reason: string) {
    super(`Asterisk is not reachable: ${reason}`);
    this.name = 'AsteriskUnreachableError';
  }
}

/** ARI answered with an error. */
export class AriError extends Error {
  /** @param status HTTP status; 0 when the answer was no HTTP answer at all */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'AriError';
  }
}

/** AMI answered `Response: Error`. */
export class AmiError extends Error {
  constructor(action: string, message: string) {
    super(`${action}: ${message}`);
    this.name = 'AmiError';
  }
}

/** The channel has been hung up. */
export class ChannelGoneError extends Error {
  constructor() {
    super('no such channel');
    this.name = 'ChannelGoneError';
  }
}

/** A value that would end the line it stands in, and so could carry an action of its own. */
export class UnsafeAmiValueError extends Error {
  constructor(key: string) {
    super(`refused an AMI value with a line break, NUL or comma: ${JSON.stringify(key)}`);
    this.name = 'UnsafeAmiValueError';
  }
}
