/** What settings mean for each other; the rest of `config.ts` judges each alone. */
export interface Together {
  readonly LAMP_GATEWAY_TLS: boolean;
  readonly LAMP_GATEWAY_TLS_CERT?: string | undefined;
  readonly LAMP_GATEWAY_TLS_KEY?: string | undefined;
  readonly LAMP_GATEWAY_TICKET_KEYS_FILE?: string | undefined;
  readonly LAMP_GATEWAY_CERT_HEADER?: string | undefined;
  readonly LAMP_GATEWAY_TRUSTED_PROXIES?: readonly string[] | undefined;
  readonly LAMP_GATEWAY_REQUIRE_SIGNATURE: boolean;
  readonly LAMP_ENROLL_URL?: string | undefined;
  readonly LAMP_ENROLL_TOPIC?: string | undefined;
  readonly LAMP_ENROLL_SIGN_MESSAGE: boolean;
  readonly LAMP_ENROLL_SCEP_URL?: string | undefined;
  readonly LAMP_ENROLL_SCEP_CHALLENGE_FILE?: string | undefined;
  readonly LAMP_ENROLL_SCEP_FINGERPRINT?: Buffer | undefined;
  readonly LAMP_ENROLL_ACME_URL?: string | undefined;
  readonly LAMP_ENROLL_PASSWORD_FILE?: string | undefined;
  readonly LAMP_ENROLL_OPEN: boolean;
  readonly LAMP_ENROLL_SIGN_CERT?: string | undefined;
  readonly LAMP_ENROLL_SIGN_KEY?: string | undefined;
}

interface Rule {
  readonly path: keyof Together;
  readonly message: string;
  /** Given these settings, is something wrong? */
  readonly when: (given: Together) => boolean;
}

const SIGNATURE_ONLY = (given: Together) => given.LAMP_GATEWAY_REQUIRE_SIGNATURE;

const TLS: readonly Rule[] = [
  ...(['LAMP_GATEWAY_TLS_CERT', 'LAMP_GATEWAY_TLS_KEY'] as const).map((path) => ({
    path,
    message: 'required: a PEM file; only with LAMP_GATEWAY_TLS=off there is none',
    when: (given: Together) => given.LAMP_GATEWAY_TLS && given[path] === undefined,
  })),
  ...(['LAMP_GATEWAY_TLS_CERT', 'LAMP_GATEWAY_TLS_KEY', 'LAMP_GATEWAY_TICKET_KEYS_FILE'] as const).map((path) => ({
    path,
    message: 'of no use with LAMP_GATEWAY_TLS=off: unset one of them',
    when: (given: Together) => !given.LAMP_GATEWAY_TLS && given[path] !== undefined,
  })),
  {
    path: 'LAMP_GATEWAY_TLS',
    message:
      'off leaves nothing to tell devices by: set LAMP_GATEWAY_CERT_HEADER and LAMP_GATEWAY_TRUSTED_PROXIES, or LAMP_GATEWAY_REQUIRE_SIGNATURE=true',
    when: (given) => !given.LAMP_GATEWAY_TLS && given.LAMP_GATEWAY_CERT_HEADER === undefined && !SIGNATURE_ONLY(given),
  },
];

const HEADER: readonly Rule[] = [
  {
    path: 'LAMP_GATEWAY_TRUSTED_PROXIES',
    message: 'required with LAMP_GATEWAY_CERT_HEADER: anybody could set the header',
    when: (given) => given.LAMP_GATEWAY_CERT_HEADER !== undefined && given.LAMP_GATEWAY_TRUSTED_PROXIES === undefined,
  },
  {
    path: 'LAMP_GATEWAY_CERT_HEADER',
    message: 'required with LAMP_GATEWAY_TRUSTED_PROXIES: which header do they set?',
    when: (given) => given.LAMP_GATEWAY_TRUSTED_PROXIES !== undefined && given.LAMP_GATEWAY_CERT_HEADER === undefined,
  },
  {
    path: 'LAMP_GATEWAY_REQUIRE_SIGNATURE',
    message: 'true leaves LAMP_GATEWAY_CERT_HEADER without use: unset one of them',
    when: (given) => given.LAMP_GATEWAY_CERT_HEADER !== undefined && SIGNATURE_ONLY(given),
  },
];

const offered = (given: Together) => given.LAMP_ENROLL_URL !== undefined;

const ENROLLMENT: readonly Rule[] = [
  ...(
    [
      'LAMP_ENROLL_TOPIC',
      'LAMP_ENROLL_SCEP_URL',
      'LAMP_ENROLL_ACME_URL',
      'LAMP_ENROLL_PASSWORD_FILE',
      'LAMP_ENROLL_SIGN_CERT',
    ] as const
  ).map((path) => ({
    path,
    message: 'of no use without LAMP_ENROLL_URL, which makes the gateway give enrollment profiles',
    when: (given: Together) => !offered(given) && given[path] !== undefined,
  })),
  {
    path: 'LAMP_ENROLL_TOPIC',
    message: 'required with LAMP_ENROLL_URL: the topic of the push certificate',
    when: (given) => offered(given) && given.LAMP_ENROLL_TOPIC === undefined,
  },
  {
    path: 'LAMP_ENROLL_SCEP_URL',
    message: 'with LAMP_ENROLL_URL, this or LAMP_ENROLL_ACME_URL is required, and not both',
    when: (given) =>
      offered(given) && (given.LAMP_ENROLL_SCEP_URL === undefined) === (given.LAMP_ENROLL_ACME_URL === undefined),
  },
  {
    path: 'LAMP_ENROLL_SCEP_CHALLENGE_FILE',
    message: 'of no use without LAMP_ENROLL_SCEP_URL',
    when: (given) => given.LAMP_ENROLL_SCEP_CHALLENGE_FILE !== undefined && given.LAMP_ENROLL_SCEP_URL === undefined,
  },
  {
    path: 'LAMP_ENROLL_SCEP_FINGERPRINT',
    message: 'required where LAMP_ENROLL_SCEP_URL is plain HTTP: else anybody on the way could pose as the authority',
    when: (given) =>
      given.LAMP_ENROLL_SCEP_URL?.startsWith('http:') === true && given.LAMP_ENROLL_SCEP_FINGERPRINT === undefined,
  },
  {
    path: 'LAMP_ENROLL_PASSWORD_FILE',
    message: 'required with LAMP_ENROLL_URL, unless LAMP_ENROLL_OPEN=true gives profiles to everybody; not both',
    when: (given) => offered(given) && (given.LAMP_ENROLL_PASSWORD_FILE === undefined) !== given.LAMP_ENROLL_OPEN,
  },
  {
    path: 'LAMP_ENROLL_SIGN_KEY',
    message: 'required with LAMP_ENROLL_SIGN_CERT, and of no use without it',
    when: (given) => (given.LAMP_ENROLL_SIGN_CERT === undefined) !== (given.LAMP_ENROLL_SIGN_KEY === undefined),
  },
  {
    path: 'LAMP_ENROLL_SIGN_MESSAGE',
    message: 'off would enroll devices that LAMP_GATEWAY_REQUIRE_SIGNATURE then refuses',
    when: (given) => offered(given) && SIGNATURE_ONLY(given) && !given.LAMP_ENROLL_SIGN_MESSAGE,
  },
];

/** What does not go together, each with the setting at fault. */
export function settingsTogether(given: Together): { path: string; message: string }[] {
  return [...TLS, ...HEADER, ...ENROLLMENT]
    .filter(({ when }) => when(given))
    .map(({ path, message }) => ({ path, message }));
}
