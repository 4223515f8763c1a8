import {
  acknowledgedFixture,
  authenticateFixture,
  AVAILABLE_UPDATES,
  ChainCache,
  checkClientCertificate,
  checkOutFixture,
  DEVICE_INFORMATION,
  errorFixture,
  getBootstrapTokenFixture,
  getTokenFixture,
  idleFixture,
  isDict,
  NO_UPDATE_CHAIN,
  notNowFixture,
  parseCheckin,
  parseConnect,
  parsePlist,
  redactCheckin,
  returnToServiceFixture,
  setBootstrapTokenFixture,
  signMdmBody,
  tokenUpdateFixture,
  trustAnchors,
  UPDATE_RESULTS,
  UPDATE_STATUS,
  userAuthenticateFixture,
  userTokenUpdateFixture,
  verifyMdmSignature,
} from '@lamplighter/apple';
import { RelayedEvent } from '@lamplighter/contracts';
import { createPrivateKey, X509Certificate } from 'node:crypto';

import { rawPayloadOf, readRelayed } from '../../../services/admin-api/src/domain/relayed-message.ts';
import { isInMicroQueue, readMicroReply } from '../../../services/command-queue/src/domain/micromdm-reply.ts';
import { readNanoReply } from '../../../services/command-queue/src/domain/nanomdm-reply.ts';
import { checkedReport } from '../../../services/ddm/src/domain/status-report.ts';
import { certificateOfHeader } from '../../../services/device-gateway/src/domain/certificate-header.ts';
import { interpret } from '../../../services/status-ingestion/src/domain/interpret.ts';
import { newAuthority, newCredentials } from '../../fleet-sim/src/pki/authority.ts';
import { clientExtensions } from '../../fleet-sim/src/pki/certificate.ts';
import { declaredStatus } from './declared-status.ts';
import { feeds } from './feeds.ts';
import { pushAnswers } from './push-answers.ts';
import { refusing } from './refusing.ts';
import { Refused, type Target } from './run.ts';
import { DER_WORDS, JSON_PIECES, JSON_WORDS, MDM_WORDS, PLIST_PIECES, PLIST_WORDS } from './words.ts';

const COMMAND = '0a1b2c3d-0000-4000-8000-00000000beef';
const LARGEST_BODY = 1 << 20;

const checkIns = [
  authenticateFixture(),
  tokenUpdateFixture(),
  userTokenUpdateFixture(),
  checkOutFixture(),
  userAuthenticateFixture(),
  setBootstrapTokenFixture(),
  getBootstrapTokenFixture(),
  getTokenFixture(),
  returnToServiceFixture(),
];
const answers = [
  idleFixture(),
  notNowFixture(COMMAND),
  errorFixture(COMMAND, NO_UPDATE_CHAIN),
  ...[AVAILABLE_UPDATES, UPDATE_RESULTS, UPDATE_STATUS, DEVICE_INFORMATION].map((answer) =>
    acknowledgedFixture(COMMAND, undefined, { ...answer }),
  ),
];

const bodyOf = (input: Buffer) => parsePlist(input, { maxBytes: LARGEST_BODY });

const plist: Target = {
  name: 'plist',
  summary: 'the body of every device request',
  corpus: [...checkIns, ...answers],
  words: PLIST_WORDS,
  pieces: PLIST_PIECES,
  feed: (input) => void refusing(() => bodyOf(input)),
};

const checkin: Target = {
  name: 'check-in',
  summary: 'check-in messages, and what is told of them to others',
  corpus: checkIns,
  words: MDM_WORDS,
  pieces: PLIST_PIECES,
  feed: (input) =>
    refusing(() => {
      const body = bodyOf(input);
      parseCheckin(body);
      if (isDict(body)) bodyOf(Buffer.from(redactCheckin(body)));
    }),
};

const REQUEST_TYPES = [
  'ScheduleOSUpdateScan',
  'AvailableOSUpdates',
  'ScheduleOSUpdate',
  'OSUpdateStatus',
  'DeviceInformation',
  'DeviceLock',
];

const connect: Target = {
  name: 'connect',
  summary: "a device's answers, and what they are taken to mean",
  corpus: answers,
  words: MDM_WORDS,
  pieces: PLIST_PIECES,
  feed: (input) =>
    refusing(() => {
      const { status, rest } = parseConnect(bodyOf(input));
      if (status === 'Idle') return;
      for (const requestType of REQUEST_TYPES) interpret({ requestType, status }, rest);
    }),
};

const statusReport: Target = {
  name: 'status-report',
  summary: "a device's StatusReport",
  corpus: [
    Buffer.from('{"StatusItems":{"device":{"operating-system":{"version":"26.1"}}},"FullReport":true}'),
    Buffer.from('{"StatusItems":{},"Errors":[{"StatusItem":"passcode.is-compliant","Reasons":[{"Code":"Error"}]}]}'),
  ],
  words: JSON_WORDS,
  pieces: JSON_PIECES,
  feed: (input) => void refusing(() => checkedReport(input.toString('utf8'))),
};

function json(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString('utf8'));
  } catch (error) {
    throw new Refused((error as Error).message);
  }
}

/** Two devices of one authority, and one of another whom nobody here trusts. */
function devices() {
  const authority = newAuthority('devices');
  const stranger = newAuthority('strangers');
  const of = (issuer: typeof authority) => {
    const issued = newCredentials(issuer, { commonName: 'device', extensions: clientExtensions() });
    return {
      certificateDer: Buffer.from(new X509Certificate(issued.certificate).raw),
      privateKey: createPrivateKey(issued.key),
    };
  };
  return {
    anchors: trustAnchors(authority.certificate),
    known: [of(authority), of(authority)],
    stranger: of(stranger),
  };
}

const pki = devices();
const options = { anchors: pki.anchors, now: Date.now() };
const signedBody = idleFixture();
const signature: Target = {
  name: 'signature',
  summary: 'Mdm-Signature headers',
  corpus: pki.known.map((device) => Buffer.from(signMdmBody(signedBody, device), 'base64')),
  words: DER_WORDS,
  // A change that is accepted all the same must leave signer and body as they were.
  feed: (input) => {
    const { certificateHash } = refusing(() => verifyMdmSignature(input.toString('base64'), signedBody, options));
    if (!signers.has(certificateHash)) throw new Error('a signature of somebody else was accepted');
    const forged = Buffer.concat([signedBody, Buffer.from(' ')]);
    try {
      verifyMdmSignature(input.toString('base64'), forged, options);
    } catch {
      return;
    }
    throw new Error('a signature was accepted over another body');
  },
};

const certificate: Target = {
  name: 'certificate',
  summary: 'client certificates, from TLS or a header',
  corpus: pki.known.map(({ certificateDer }) => certificateDer),
  words: DER_WORDS,
  feed: (input) => {
    const { certificateHash } = refusing(() => checkClientCertificate(input, { ...options, cache: new ChainCache() }));
    if (!signers.has(certificateHash)) throw new Error('a certificate that nobody issued was accepted');
  },
};

const signers = new Set(
  pki.known.map(({ certificateDer }) => checkClientCertificate(certificateDer, options).certificateHash),
);

const certificateHeader: Target = {
  name: 'certificate-header',
  summary: 'the header in which a TLS terminator hands on a certificate',
  corpus: pki.known.flatMap(({ certificateDer }) => {
    const pem = new X509Certificate(certificateDer).toString();
    const base64 = certificateDer.toString('base64');
    return [`:${base64}:`, base64, encodeURIComponent(pem)].map((text) => Buffer.from(text));
  }),
  words: [
    ':',
    '::',
    '=',
    '%',
    '%0A',
    '%00',
    '%zz',
    ',',
    '-----BEGIN CERTIFICATE-----',
    '-----END CERTIFICATE-----',
    '+',
    '_',
  ],
  feed: (input) => {
    const text = input.toString('latin1');
    const { der } = refusing(() => certificateOfHeader(text, text));
    const { certificateHash } = refusing(() => checkClientCertificate(der, options));
    if (!signers.has(certificateHash)) throw new Error('a certificate that nobody issued was accepted');
  },
};

const relayed = (topic: string, body: Buffer): Buffer => {
  const said = { udid: 'x', raw_payload: body.toString('base64') };
  const part = topic === 'mdm.Connect' ? { acknowledge_event: said } : { checkin_event: said };
  return Buffer.from(JSON.stringify({ topic, event_id: 'e', created_at: '2026-11-22T05:00:00Z', ...part }));
};

const relayedEvent: Target = {
  name: 'relayed-event',
  summary: 'what another MDM server says of its devices',
  corpus: [
    relayed('mdm.Authenticate', authenticateFixture()),
    relayed('mdm.TokenUpdate', tokenUpdateFixture()),
    relayed('mdm.CheckOut', checkOutFixture()),
    ...answers.map((answer) => relayed('mdm.Connect', answer)),
  ],
  words: [...JSON_WORDS, '"raw_payload"', '"topic"', '"mdm.Connect"', '"created_at"', 'PD94bWwg'],
  pieces: JSON_PIECES,
  feed: (input) => {
    const event = RelayedEvent.safeParse(json(input));
    if (!event.success) throw new Refused('not an event');
    refusing(() => readRelayed(event.data, rawPayloadOf(event.data)));
  },
};

const otherServers: Target = {
  name: 'other-servers',
  summary: 'the answers of NanoMDM and MicroMDM',
  corpus: [
    Buffer.from('{"status":{"d":{"push_result":"1"}},"command_uuid":"u","request_type":"DeviceInformation"}'),
    Buffer.from('{"status":{"d":{"command_error":"unknown id"}},"command_error":"x","no_push":true}'),
    Buffer.from('{"payload":{"command_uuid":"u","command":{"request_type":"DeviceInformation"}}}'),
    Buffer.from('{"device_command":{"Commands":[{"UUID":"u"}],"Completed":[],"Failed":null,"NotNow":[]}}'),
    Buffer.from('{"device_command":{"Commands":[null,1,"x",[]],"Completed":{}}}'),
    Buffer.from('{"error":"not found"}'),
  ],
  words: [...JSON_WORDS, '[null]', '"status"', '"command_error"', '"device_command"', '"UUID"'],
  pieces: JSON_PIECES,
  feed: (input) => {
    const body = input.toString('utf8');
    for (const status of [200, 207, 400, 404, 500]) {
      readNanoReply({ status, body }, 'd', true);
      readMicroReply({ status, body });
      isInMicroQueue({ status, body }, 'u');
    }
    json(input);
  },
};

/** Everything that reads what a device, a feed or another server has sent. */
export const targets: readonly Target[] = [
  plist,
  checkin,
  connect,
  statusReport,
  declaredStatus,
  signature,
  certificate,
  certificateHeader,
  relayedEvent,
  otherServers,
  pushAnswers,
  ...feeds,
];
