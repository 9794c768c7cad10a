/**
 * What applying a configuration needs of a running Asterisk; implemented over AMI. Every method rejects (never hangs)
 * when Asterisk cannot be asked. An abstract class rather than an interface, so that it serves as injection token.
 */
export abstract class AsteriskReload {
  /**
   * Makes Asterisk read `generated/` again: module `res_pjsip.so`, then `pbx_config.so` (AMI action `Reload`). Resolves
   * when both reloads have ended; rejects when Asterisk answers one of them with an error.
   */
  abstract reload(): Promise<void>;

  /**
   * Makes the registrations of these endpoints anew (AMI `PJSIPRegister`). One that Asterisk does not know is passed over.
   */
  abstract registerAnew(endpoints: readonly string[]): Promise<void>;

  /** Object names of all PJSIP endpoints (AMI `PJSIPShowEndpoints`, `ObjectName` of every `EndpointList` event). */
  abstract endpoints(): Promise<string[]>;

  /** Names of all dialplan contexts (AMI `ShowDialPlan`, distinct `Context` of the `ListDialplan` events). */
  abstract contexts(): Promise<string[]>;
}
