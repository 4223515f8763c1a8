import { enrollmentProfile, signContent } from '@lamplighter/apple';
import type { IdentitySource, SubjectName } from '@lamplighter/apple';
import { AppError, derivedUuid } from '@lamplighter/contracts';
import { CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config.ts';
import { Refusal } from '../domain/refusal.ts';
import { EnrollmentFiles } from '../ports.ts';
import type { EnrollmentContents } from '../ports.ts';

export interface ProfileRequest {
  readonly tenant: string;
  /** From the link. */
  readonly token: string | undefined;
  /** From a link that is made for one device: stands for `%SerialNumber%`, which iOS does not fill in. */
  readonly serial: string | undefined;
}

const SERIAL_NUMBER = /^[A-Za-z0-9]{1,20}$/;

/** The profile by which a person enrolls a device. */
@Injectable()
export class IssueEnrollmentProfile {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly files: EnrollmentFiles,
  ) {}

  /** A `.mobileconfig`: XML, or CMS around it where profiles are signed. Throws Refusal: 400, 403, 404 or 503. */
  run({ tenant, token, serial }: ProfileRequest): Buffer {
    const { LAMP_ENROLL_URL: url, LAMP_ENROLL_TOPIC: topic } = this.config;
    if (url === undefined || topic === undefined) throw notConfigured();
    if (!this.admits(token)) throw wrongToken();
    if (serial !== undefined && !SERIAL_NUMBER.test(serial)) {
      throw new Refusal(400, 'enroll.serial', 'serial is not a serial number: at most 20 letters and digits');
    }
    const contents = this.read(() => this.files.contents());
    const host = new URL(url).hostname;
    const serverUrl = tenant === 'default' ? `${url}/mdm` : `${url}/mdm/${tenant}`;
    const profile = enrollmentProfile({
      identifier: `${host.split('.').toReversed().join('.')}.lamplighter.${tenant}`,
      uuid: (part) => derivedUuid('enrollment-profile', url, tenant, part),
      organization: this.config.LAMP_ENROLL_ORGANIZATION,
      serverUrl,
      checkInUrl: serverUrl,
      topic,
      accessRights: this.config.LAMP_ENROLL_ACCESS_RIGHTS,
      signMessage: this.config.LAMP_ENROLL_SIGN_MESSAGE,
      identity: this.identity(contents, (text) =>
        serial === undefined ? text : text.replaceAll('%SerialNumber%', serial),
      ),
      authorities: contents.authorities,
    });
    return contents.signer === undefined ? Buffer.from(profile) : signContent(Buffer.from(profile), contents.signer);
  }

  private identity(contents: EnrollmentContents, filled: (text: string) => string): IdentitySource {
    const config = this.config;
    const subject: SubjectName = config.LAMP_ENROLL_SUBJECT.map(([attribute, value]) => [attribute, filled(value)]);
    if (config.LAMP_ENROLL_ACME_URL !== undefined) {
      return {
        kind: 'acme',
        url: config.LAMP_ENROLL_ACME_URL,
        clientIdentifier: filled(config.LAMP_ENROLL_ACME_CLIENT_IDENTIFIER),
        attest: config.LAMP_ENROLL_ACME_ATTEST,
        subject,
      };
    }
    return {
      kind: 'scep',
      url: config.LAMP_ENROLL_SCEP_URL!,
      name: config.LAMP_ENROLL_SCEP_NAME,
      challenge: contents.challenge,
      fingerprint: config.LAMP_ENROLL_SCEP_FINGERPRINT,
      subject,
    };
  }

  private admits(token: string | undefined): boolean {
    const password = this.read(() => this.files.password());
    if (password === undefined) return this.config.LAMP_ENROLL_OPEN;
    return token !== undefined && timingSafeEqual(digest(token), digest(password));
  }

  /** What is wrong with a file is for the log; a person with a browser cannot mend it. */
  private read<T>(files: () => T): T {
    try {
      return files();
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      const body = JSON.stringify({ code: 'enroll.unavailable', message: 'no profile can be made now' });
      throw new Refusal(503, 'enroll.unavailable', cause.message, {
        reply: { status: 503, contentType: 'application/json', body },
        cause,
      });
    }
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function notConfigured(): Refusal {
  return new Refusal(404, 'enroll.not-configured', 'no enrollment profile is offered here', {
    remedy: 'Set LAMP_ENROLL_URL, LAMP_ENROLL_TOPIC and where identities come from; see the gateway’s README.',
  });
}

/** 403, though this is a person: whatever comes from this server, none of it is a 401. */
function wrongToken(): Refusal {
  return new Refusal(403, 'enroll.wrong-token', 'this link needs the right token: /enroll?token=…', {
    remedy: 'Ask whoever runs device management for the link.',
  });
}
