import { type Reason, type ReasonClass, type ReasonRetry, REASONS } from '@lamplighter/contracts';

const CLASSES: Readonly<Record<ReasonClass, string>> = {
  done: 'Nothing to do',
  window: 'Windows',
  'device-busy': 'The device is busy',
  user: 'A person at the device',
  power: 'Power',
  space: 'Space',
  network: 'Network',
  'device-failed': 'The device tried and failed',
  contact: 'The device is not heard of',
  management: 'Enrollment and management',
  eligibility: 'The device, or what is known of it',
  catalog: 'Releases and offers',
  operator: 'Decided here',
  unknown: 'Unknown',
};

const RETRIES: Readonly<Record<ReasonRetry, string>> = {
  'not-needed': 'not needed',
  'later-in-this-window': 'goes on by itself',
  'next-window': 'in the next window',
  'when-facts-change': 'once its facts change',
  never: 'no',
};

function table(reasons: readonly Reason[]): string {
  const rows = reasons.map(
    ({ code, title, explanation, retry, action }) =>
      `| \`${code}\` | **${title}.** ${explanation} | ${RETRIES[retry]} | ${action} |`,
  );
  return ['| Reason | Meaning | Tried again | What you can do |', '|---|---|---|---|', ...rows].join('\n');
}

/** The page of all reasons why an update waits, failed or is not for a device. */
export function reasonsPage(): string {
  const sections = Object.entries(CLASSES).map(
    ([name, title]) => `## ${title}\n\nClass \`${name}\`.\n\n${table(REASONS.filter((one) => one.class === name))}`,
  );
  return `# Reasons

Why an update waits, failed, or is not for a device: the \`reason\` of an update and of each of its moves. Beside it the device's history keeps what the
device said in its own words (error chains are never cut down to a code). Made from \`libs/contracts/src/reasons\` by \`npm run generate\`.
The states themselves are in [updates.md](updates.md).

${sections.join('\n\n')}
`;
}
