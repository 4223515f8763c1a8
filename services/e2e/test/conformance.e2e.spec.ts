import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AVAILABLE_UPDATES,
  DEVICE_INFORMATION,
  NO_UPDATE_CHAIN,
  SCAN_INITIATED,
  SHARED_IPAD_USER_ID,
  UPDATE_RESULTS,
  UPDATE_STATUS,
} from '@lamplighter/apple';
import { CommandPage } from '@lamplighter/contracts';
import { waitFor } from '@lamplighter/testing';
import fc from 'fast-check';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BOOTSTRAP,
  declarativeSync,
  enrollment,
  isMaidToken,
  MAID_SERVER,
} from '../src/conformance/common-exchanges.ts';
import {
  checkIn,
  command,
  connect,
  conversation,
  dict,
  type Exchange,
  hold,
  nothing,
  order,
  refused,
  replies,
  said,
  sameCommand,
  Talk,
  unrecognized,
} from '../src/conformance/conversation.ts';
import {
  acknowledged,
  authenticate,
  checkOut,
  declarative,
  failed,
  getBootstrapToken,
  getToken,
  idle,
  notNow,
  returnToService,
  setBootstrapToken,
  tokenUpdate,
  userAuthenticate,
} from '../src/conformance/messages.ts';
import {
  DECLARATIONS,
  type Dict,
  DOCTYPES,
  PLISTS,
  Real,
  RECORDED,
  type Spelling,
  spelled,
} from '../src/conformance/spelling.ts';
import { TestDevice } from '../src/conformance/test-device.ts';
import { startWorld, type World } from '../src/world.ts';

let started: World;
let secrets: string;
const world = (): World => started;

beforeAll(async () => {
  secrets = mkdtempSync(join(tmpdir(), 'lamp-maid-'));
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const keyFile = join(secrets, 'key.pem');
  writeFileSync(keyFile, key.export({ type: 'pkcs8', format: 'pem' }));
  const accounts = join(secrets, 'maid.json');
  writeFileSync(accounts, JSON.stringify({ default: { serverUuid: MAID_SERVER, keyFile } }));
  started = await startWorld({
    factor: 1,
    env: { LAMP_MAID_FILE: accounts, LAMP_DDM_SUBSCRIPTIONS: 'off' },
    fleet: { devices: 0 },
  });
}, 120_000);
afterAll(async () => {
  await started?.stop();
  rmSync(secrets, { recursive: true, force: true });
});

/** Sizes as macOS writes them when it feels like it. */
const REAL_SIZES = {
  AvailableOSUpdates: (AVAILABLE_UPDATES['AvailableOSUpdates'] as Dict[]).map((update) => ({
    ...update,
    DownloadSize: new Real(Number(update['DownloadSize'])),
  })),
};
const SAID = [
  'Authenticate TokenUpdate CheckOut UserAuthenticate SetBootstrapToken GetBootstrapToken GetToken ReturnToService',
  'DeclarativeManagement Idle Acknowledged Error CommandFormatError NotNow',
];
const ESCROW = { BootstrapToken: BOOTSTRAP };
const CHAIN = [
  {
    ErrorCode: 12021,
    ErrorDomain: 'MCMDMErrorDomain',
    LocalizedDescription: 'Unzulässig',
    USEnglishDescription: 'Invalid request type',
  },
];

/** How the newest command of this type ended, as the operator sees it. */
const ends = (deviceId: string, requestType: string, state: string) => ({
  after: async (talk: Talk) => expect(await endOf(talk, deviceId, requestType)).toBe(state),
});

async function endOf(talk: Talk, deviceId: string, requestType: string): Promise<string> {
  const path = `/v1/devices/${encodeURIComponent(deviceId)}/commands?limit=1000`;
  const { items } = await talk.world.api.ask(CommandPage, 'GET', path);
  const command = items.find(({ commandId }) => commandId === talk.handed(requestType).toLowerCase());
  return command?.finishedAt === null ? `not yet: ${command.waiting?.reason}` : String(command?.state);
}

const MAC = '00008103-000A1D2E3F4B0001';
const MAC_USER = { UDID: MAC, UserID: '2B7D3C51-5E0A-4F64-9A43-6C1D0E8F7A22' };
const MAC_USER_NAMES = { ...MAC_USER, UserShortName: 'ann', UserLongName: 'Ann Example' };

conversation('a supervised Mac', world, { id: MAC }, [
  ...enrollment(MAC, { answer: DEVICE_INFORMATION, tokenUpdate: { UnlockToken: Buffer.from('unlock') } }),
  connect('the same answer once more', acknowledged(MAC, 'DeviceInformation', DEVICE_INFORMATION), nothing),
  checkIn('TokenUpdate again, configured', tokenUpdate(MAC, { AwaitingConfiguration: false }), nothing),
  checkIn('GetBootstrapToken before there is one', getBootstrapToken(MAC), dict({})),
  checkIn('SetBootstrapToken', setBootstrapToken(MAC, BOOTSTRAP), nothing),
  checkIn('GetBootstrapToken', getBootstrapToken(MAC), dict(ESCROW)),
  checkIn('SetBootstrapToken with an empty one', setBootstrapToken(MAC, Buffer.alloc(0)), nothing),
  checkIn('GetBootstrapToken then', getBootstrapToken(MAC), dict({})),
  checkIn('SetBootstrapToken once more', setBootstrapToken(MAC, BOOTSTRAP), nothing),
  checkIn('SetBootstrapToken without one', setBootstrapToken(MAC), nothing),
  checkIn('GetBootstrapToken after that', getBootstrapToken(MAC), dict({})),
  checkIn('SetBootstrapToken at last', setBootstrapToken(MAC, BOOTSTRAP), nothing),
  checkIn('GetToken for a Managed Apple Account', getToken(MAC), isMaidToken),
  checkIn(
    'GetToken for a watch',
    getToken(MAC, { TokenServiceType: 'com.apple.watch.pairing' }),
    refused(400, 'checkin.token-service-unknown'),
  ),
  ...declarativeSync(MAC),

  connect('Idle', idle(MAC), command('ScheduleOSUpdateScan'), {
    ordered: [MAC, { RequestType: 'ScheduleOSUpdateScan', Force: true }],
  }),
  connect('NotNow', notNow(MAC, 'ScheduleOSUpdateScan'), nothing),
  connect('Idle on its next visit', idle(MAC), sameCommand('ScheduleOSUpdateScan')),
  connect('ScanInitiated', acknowledged(MAC, 'ScheduleOSUpdateScan', SCAN_INITIATED), command('AvailableOSUpdates'), {
    ordered: [MAC, { RequestType: 'AvailableOSUpdates' }],
  }),
  connect(
    'that answer again, of more than a message holds',
    acknowledged(MAC, 'ScheduleOSUpdateScan', { ...SCAN_INITIATED, Future: randomBytes(1_500_000) }),
    sameCommand('AvailableOSUpdates'),
  ),
  connect('its updates, of sizes that are reals', acknowledged(MAC, 'AvailableOSUpdates', REAL_SIZES), nothing, {
    spelling: { newline: '\r\n', doctype: '', escapes: 'decimal' },
    after: async () => {
      const keys = await waitFor('both updates', async () => {
        const { availableUpdates } = await started.api.device(MAC);
        return availableUpdates.length === 2 && availableUpdates.map(({ productKey }) => productKey).toSorted();
      });
      expect(keys).toEqual(['012-34567', 'MSU_UPDATE_24G231_patch_15.7.1']);
    },
  }),
  connect('Idle', idle(MAC), command('ScheduleOSUpdate'), {
    ordered: [
      MAC,
      {
        RequestType: 'ScheduleOSUpdate',
        Updates: [{ ProductKey: 'MSU_UPDATE_24G231_patch_15.7.1', InstallAction: 'InstallASAP' }],
      },
    ],
  }),
  connect('its UpdateResults', acknowledged(MAC, 'ScheduleOSUpdate', UPDATE_RESULTS), command('OSUpdateStatus'), {
    ordered: [MAC, { RequestType: 'OSUpdateStatus' }],
  }),
  connect('Idle, having lost the answer on its way', idle(MAC), sameCommand('OSUpdateStatus')),
  connect(
    'its OSUpdateStatus',
    acknowledged(MAC, 'OSUpdateStatus', UPDATE_STATUS),
    nothing,
    ends(MAC, 'OSUpdateStatus', 'Acknowledged'),
  ),
  connect('Idle', idle(MAC), command('CertificateList'), { ordered: [MAC, { RequestType: 'CertificateList' }] }),
  connect(
    'Error with its chain',
    failed(MAC, 'CertificateList', CHAIN),
    nothing,
    ends(MAC, 'CertificateList', 'not yet: not-before'),
  ),
  connect('the same Error once more', failed(MAC, 'CertificateList', CHAIN), nothing),
  connect(
    'Acknowledged after all',
    acknowledged(MAC, 'CertificateList'),
    nothing,
    ends(MAC, 'CertificateList', 'Acknowledged'),
  ),
  connect('Idle', idle(MAC), command('ProvisioningProfileList'), {
    ordered: [MAC, { RequestType: 'ProvisioningProfileList' }],
  }),
  connect(
    'Error to what is tried once',
    failed(MAC, 'ProvisioningProfileList', CHAIN),
    nothing,
    ends(MAC, 'ProvisioningProfileList', 'Error'),
  ),
  connect('the same Error again', failed(MAC, 'ProvisioningProfileList', CHAIN), nothing),
  connect(
    'Acknowledged, too late',
    acknowledged(MAC, 'ProvisioningProfileList'),
    nothing,
    ends(MAC, 'ProvisioningProfileList', 'Error'),
  ),
  connect('Idle', idle(MAC), command('SecurityInfo'), { ordered: [MAC, { RequestType: 'SecurityInfo' }] }),
  connect(
    'CommandFormatError',
    acknowledged(MAC, 'SecurityInfo', { Status: 'CommandFormatError' }),
    nothing,
    ends(MAC, 'SecurityInfo', 'CommandFormatError'),
  ),

  checkIn('UserAuthenticate of a network user', userAuthenticate(MAC_USER), dict({ DigestChallenge: '' })),
  checkIn('UserAuthenticate with a digest', userAuthenticate(MAC_USER, { DigestResponse: 'Digest x' }), nothing),
  connect('Idle of that user before its TokenUpdate', idle(MAC_USER_NAMES), refused(403, 'device.unrecognized')),
  checkIn(
    'DeclarativeManagement of that user',
    declarative(MAC_USER_NAMES, 'tokens'),
    refused(403, 'checkin.ddm-refused'),
  ),
  checkIn('TokenUpdate of the user', tokenUpdate(MAC_USER_NAMES, { NotOnConsole: false }), nothing),
  connect('Idle of the user, waiting at the login window', idle(MAC_USER_NAMES, { NeedSyncResponse: true }), nothing),
  connect('Idle of the Mac while its user has a command', idle(MAC), nothing, {
    ordered: [`${MAC}:${MAC_USER.UserID}`, { RequestType: 'ProfileList' }],
  }),
  connect('Idle of the user', idle(MAC_USER_NAMES), command('ProfileList')),
  connect('its answer on the device channel', acknowledged(MAC, 'ProfileList', { ProfileList: [] }), nothing),
  connect('Idle of the user once more', idle(MAC_USER_NAMES), sameCommand('ProfileList')),
  connect('its answer on its own', acknowledged(MAC_USER_NAMES, 'ProfileList', { ProfileList: [] }), nothing),
  ...declarativeSync(MAC_USER_NAMES),
  checkIn('CheckOut of the user', checkOut(MAC_USER_NAMES), nothing),
  connect('Idle of the user that left', idle(MAC_USER_NAMES), refused(403, 'device.unrecognized')),
  checkIn('TokenUpdate of the user that is back', tokenUpdate(MAC_USER_NAMES), nothing),

  connect('Idle before it is erased', idle(MAC), command('CertificateList'), {
    ordered: [MAC, { RequestType: 'CertificateList' }],
  }),
  checkIn('Authenticate of the erased Mac', authenticate(MAC), nothing, {
    before: ({ device }) => device.renew(MAC),
  }),
  checkIn('Authenticate, repeated', authenticate(MAC), nothing),
  connect('Idle of the user from before', idle(MAC_USER_NAMES), refused(403, 'device.unrecognized')),
  checkIn('TokenUpdate', tokenUpdate(MAC), nothing),
  checkIn('GetBootstrapToken, of which nothing is left', getBootstrapToken(MAC), dict({})),
  connect('Idle', idle(MAC), command('DeviceInformation')),
  connect('its answer', acknowledged(MAC, 'DeviceInformation', DEVICE_INFORMATION), nothing),
  connect(
    'an answer from before',
    acknowledged(MAC, 'CertificateList', { CertificateList: [] }),
    nothing,
    ends(MAC, 'CertificateList', 'voided'),
  ),

  checkIn('TokenUpdate under a renewed certificate', tokenUpdate(MAC), nothing, {
    before: ({ device }) => device.renew(MAC),
  }),
  connect('Idle under it', idle(MAC), nothing),
  connect('Idle under the one before', idle(MAC), refused(403, 'device.wrong-certificate'), {
    before: ({ device }) => device.goBack(),
  }),
  checkIn('CheckOut', checkOut(MAC), nothing, { before: ({ device }) => device.goBack() }),
  connect('Idle after that', idle(MAC), unrecognized),
  checkIn('CheckOut again', checkOut(MAC), unrecognized),
  checkIn('DeclarativeManagement after that', declarative(MAC, 'tokens'), unrecognized),
]);

const IPHONE = '00008120-001A2D3E4F5B0002';
const IPHONE_SAYS = {
  ProductName: 'iPhone16,1',
  Model: 'MTQN3',
  ModelName: 'iPhone',
  OSVersion: '17.7',
  BuildVersion: '21H16',
  IMEI: '35 000000 000000 0',
};
const IPHONE_ANSWERS = {
  DeviceName: 'Ann’s iPhone',
  ProductName: 'iPhone16,1',
  OSVersion: '17.7',
  BuildVersion: '21H16',
  IsSupervised: true,
};

conversation('an iPhone that shows its certificate in TLS', world, { id: IPHONE, proof: 'tls' }, [
  ...enrollment(IPHONE, { authenticate: IPHONE_SAYS, answer: { QueryResponses: IPHONE_ANSWERS } }),
  checkIn('GetToken', getToken(IPHONE), isMaidToken),
  ...declarativeSync(IPHONE),
  checkIn('ReturnToService', returnToService(IPHONE), dict({ ReturnToService: { Enabled: false } })),
  connect('Idle, with three commands of three lanes', idle(IPHONE), command('DeviceLock'), {
    before: async () => {
      for (const RequestType of ['CertificateList', 'AvailableOSUpdates'])
        await order(world(), IPHONE, { RequestType });
    },
    ordered: [IPHONE, { RequestType: 'DeviceLock' }],
  }),
  connect('locked', acknowledged(IPHONE, 'DeviceLock', { MessageResult: 'Success' }), command('AvailableOSUpdates')),
  connect('NotNow', notNow(IPHONE, 'AvailableOSUpdates'), command('CertificateList')),
  connect('NotNow to that too', notNow(IPHONE, 'CertificateList'), nothing),
  connect('Idle, with its queue', idle(IPHONE), sameCommand('AvailableOSUpdates')),
  connect('no update there is', failed(IPHONE, 'AvailableOSUpdates', NO_UPDATE_CHAIN), sameCommand('CertificateList')),
  connect(
    'its certificates',
    acknowledged(IPHONE, 'CertificateList', {
      CertificateList: [{ CommonName: 'A & B', Data: BOOTSTRAP, IsIdentity: true }],
    }),
    nothing,
    {
      spelling: { dataColumns: 52, escapes: 'named', indent: '  ' },
    },
  ),
]);

const USER_ENROLLED = { EnrollmentID: '7F3E-user-enrollment' };
const ITS_USER = { ...USER_ENROLLED, EnrollmentUserID: '9C11-user', UserShortName: 'ann', UserLongName: 'Ann Example' };
const FEW_FACTS = { SerialNumber: undefined, UDID: undefined };

conversation('a Mac under User Enrollment', world, { id: 'user enrollment' }, [
  ...enrollment(USER_ENROLLED, {
    authenticate: FEW_FACTS,
    answer: { QueryResponses: { OSVersion: '15.7.1', ModelName: 'MacBook Pro' } },
  }),
  checkIn('GetToken', getToken(USER_ENROLLED), isMaidToken),
  ...declarativeSync(USER_ENROLLED),
  connect('Idle of its user before a TokenUpdate', idle(ITS_USER), refused(403, 'device.unrecognized')),
  checkIn('TokenUpdate of its user', tokenUpdate(ITS_USER), nothing),
  connect('Idle of its user', idle(ITS_USER), command('ProfileList'), {
    ordered: [`${USER_ENROLLED.EnrollmentID}:${ITS_USER.EnrollmentUserID}`, { RequestType: 'ProfileList' }],
  }),
  connect('its answer', acknowledged(ITS_USER, 'ProfileList', { ProfileList: [] }), nothing),
  ...declarativeSync(ITS_USER),
  checkIn(
    'both ids at once',
    idle({ ...USER_ENROLLED, UDID: 'X', MessageType: 'CheckOut' }),
    refused(400, 'checkin.invalid-key'),
  ),
  checkIn('CheckOut', checkOut(USER_ENROLLED), nothing),
  connect('Idle of its user after that', idle(ITS_USER), refused(403, 'device.unrecognized')),
  connect('Idle after that', idle(USER_ENROLLED), unrecognized),
]);

const IPAD = '00008027-000C1D2E3F4B0003';
const IPAD_SAYS = { ...IPHONE_SAYS, ProductName: 'iPad14,1', Model: 'MK7P3', ModelName: 'iPad mini', IMEI: undefined };
const pupil = (name: string) => ({ UDID: IPAD, UserID: SHARED_IPAD_USER_ID, UserShortName: name });
const ANN = pupil('ann@school.example');
const BOB = pupil('bob@school.example');

conversation('a Shared iPad', world, { id: IPAD }, [
  ...enrollment(IPAD, {
    authenticate: IPAD_SAYS,
    answer: { QueryResponses: { ...IPHONE_ANSWERS, ProductName: 'iPad14,1' } },
  }),
  checkIn(
    'TokenUpdate of a user without a name',
    tokenUpdate({ ...ANN, UserShortName: undefined } as Dict),
    refused(400, 'checkin.missing-key'),
  ),
  checkIn('TokenUpdate of Ann', tokenUpdate(ANN), nothing),
  checkIn('TokenUpdate of Bob', tokenUpdate(BOB), nothing),
  connect('Idle of Bob', idle(BOB), nothing, {
    ordered: [`${IPAD}:${ANN.UserShortName}`, { RequestType: 'ProfileList' }],
  }),
  connect('Idle of the iPad', idle(IPAD), nothing),
  connect('Idle of Ann', idle(ANN), command('ProfileList')),
  connect('her answer', acknowledged(ANN, 'ProfileList', { ProfileList: [] }), nothing),
  checkIn('GetToken of Ann', getToken(ANN), isMaidToken),
  ...declarativeSync(ANN),
  checkIn('CheckOut', checkOut(IPAD), nothing),
  connect('Idle of Ann after that', idle(ANN), refused(403, 'device.unrecognized')),
]);

const TAKEN = '00008103-000A1D2E3F4B0004';

conversation('a device that has a place', world, { id: TAKEN }, enrollment(TAKEN, { answer: DEVICE_INFORMATION }));
conversation('another one that says that it is that device', world, { id: 'a thief' }, [
  connect('Idle', idle(TAKEN), refused(403, 'device.wrong-certificate')),
  checkIn('TokenUpdate', tokenUpdate(TAKEN), refused(403, 'device.wrong-certificate')),
  checkIn('GetBootstrapToken', getBootstrapToken(TAKEN), refused(403, 'device.wrong-certificate')),
  checkIn('DeclarativeManagement', declarative(TAKEN, 'tokens'), refused(403, 'device.wrong-certificate')),
  checkIn('CheckOut', checkOut(TAKEN), refused(403, 'device.wrong-certificate')),
]);

const NOBODY = '00008103-000A1D2E3F4B0005';
const NOBODYS = { UDID: NOBODY, UserID: MAC_USER.UserID };

conversation('a device that nobody knows', world, { id: NOBODY }, [
  connect('Idle', idle(NOBODY), unrecognized),
  ...[tokenUpdate, checkOut, getBootstrapToken, getToken, returnToService, setBootstrapToken].map((make) =>
    checkIn(make.name, make(NOBODY), unrecognized),
  ),
  checkIn('DeclarativeManagement', declarative(NOBODY, 'tokens'), unrecognized),
  checkIn('UserAuthenticate', userAuthenticate(NOBODYS), refused(403, 'device.unrecognized')),
  checkIn('TokenUpdate of a user', tokenUpdate(NOBODYS), refused(403, 'device.unrecognized')),
]);

describe('one message in all the ways in which it can be written', () => {
  const id = '00008103-000A1D2E3F4B0006';
  const unknown: Dict = { OfALaterOS: { Nested: [1, new Real(2), true, new Date(0), '', Buffer.alloc(0), [], {}] } };
  let talk: Talk;
  beforeAll(() => {
    talk = new Talk(started, new TestDevice(started, id, 'signature'));
  });
  afterAll(() => talk.device.close());

  /** What the server makes of data and text shows in what it gives back and keeps. */
  async function isUnderstood(way: Partial<Spelling>, text: string, token: Uint8Array): Promise<void> {
    const say = (more: Exchange) => hold(talk, { ...more, spelling: way });
    await say(checkIn('Authenticate', authenticate(id, { DeviceName: text, ...unknown }), nothing));
    await say(checkIn('SetBootstrapToken', setBootstrapToken(id, token), nothing));
    await say(checkIn('GetBootstrapToken', getBootstrapToken(id), dict({ BootstrapToken: Buffer.from(token) })));
    await say(connect('Idle', idle(id, unknown), nothing));
    const sql = `SELECT facts->>'deviceName' AS name FROM command_queue.enrollment WHERE device_id = $1`;
    const { rows } = await started.database.query<{ name: string }>(sql, [id]);
    expect(rows).toEqual([{ name: text }]);
  }

  it.each(RECORDED)('%s', async (_how, way) => isUnderstood(way, "Ann’s “Mac” & <Co> 'é' 💻", BOOTSTRAP));

  const spellings: fc.Arbitrary<Spelling> = fc.record({
    bom: fc.boolean(),
    declaration: fc.constantFrom(...DECLARATIONS),
    doctype: fc.constantFrom(...DOCTYPES),
    plist: fc.constantFrom(...PLISTS),
    newline: fc.constantFrom('\n', '\r\n', ''),
    indent: fc.constantFrom('\t', '  ', ''),
    dataColumns: fc.constantFrom(0, 52, 68, 76),
    escapes: fc.constantFrom('least', 'named', 'decimal', 'hex'),
    empty: fc.constantFrom('short', 'long'),
    loose: fc.boolean(),
    comments: fc.boolean(),
  });

  it('of these, whatever the name and the token', async () => {
    const text = fc.string({ unit: fc.constantFrom(...'&<>"\'; ]]>é’\u{1f4a1}\u0301ab'), minLength: 1, maxLength: 30 });
    const token = fc.uint8Array({ minLength: 1, maxLength: 200 });
    await fc.assert(fc.asyncProperty(spellings, text, token, isUnderstood), { numRuns: 50 });
  });

  it.each([
    ['in UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'), 'plist.encoding'],
    ['in Latin-1', (text: string) => Buffer.from(text.replace('UTF-8', 'ISO-8859-1'), 'latin1'), 'plist.encoding'],
    ['cut off', (text: string) => Buffer.from(text.slice(0, -20)), 'plist.truncated'],
    ['with a second one behind it', (text: string) => Buffer.from(text + text), 'plist.trailing'],
    ['with a key twice', (text: string) => Buffer.from(text.replace('Status', 'UDID')), 'plist.duplicate-key'],
  ] as const)('but not %s', async (_how, distort, code) => {
    const message = idle(id)(talk);
    refused(400, code).holds(await talk.device.say('connect', distort(spelled(message).toString())), message, talk);
  });
});

describe('whatever was said', () => {
  it('was all that a device ever says', () => {
    expect([...said].toSorted()).toEqual(SAID.join(' ').split(' ').toSorted());
  });

  it('was never answered with 401, at which a device removes its profile, nor with a failure of ours', () => {
    expect(replies.length).toBeGreaterThan(100);
    expect([...new Set(replies.map(({ status }) => status))].toSorted()).toEqual([200, 400, 403, 404]);
  });
});
