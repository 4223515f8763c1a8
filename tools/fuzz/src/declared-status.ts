import { parseStatusReport } from '@lamplighter/apple';
import { Observation } from '@lamplighter/contracts';
import {
  ddmCapabilities,
  declaredStatus as statusOf,
  reportedDeclarations,
  reportedFacts,
} from '../../../services/status-ingestion/src/domain/ddm-facts.ts';
import { NOTHING_SAID, withReport } from '../../../services/status-ingestion/src/domain/ddm-state.ts';
import { refusing } from './refusing.ts';
import type { Target } from './run.ts';
import { JSON_PIECES, JSON_WORDS } from './words.ts';

export const declaredStatus: Target = {
  name: 'declared-status',
  summary: 'what a StatusReport is taken to mean',
  corpus: [
    { StatusItems: { device: { 'operating-system': { version: '26.1' } } }, FullReport: true },
    {
      StatusItems: {
        softwareupdate: {
          'install-state': 'failed',
          'pending-version': { 'os-version': '26.1', 'build-version': '25B78' },
          'failure-reason': { count: 1, reason: 'no space', timestamp: '2026-11-22T01:02:03Z' },
          'install-reason': { reason: ['declaration'], 'declaration-id': 'a' },
        },
        'mdm.app': [{ identifier: 'a' }, { identifier: 'b', _removed: true }],
      },
    },
    {
      StatusItems: {
        management: {
          'client-capabilities': {
            'supported-payloads': { declarations: { configurations: ['a'] }, 'status-items': ['b'] },
          },
          declarations: {
            configurations: [
              { identifier: 'a', 'server-token': 't', active: false, valid: 'invalid', reasons: [{ code: 'Error' }] },
            ],
          },
        },
      },
      Errors: [{ StatusItem: 'passcode.is-compliant', Reasons: [{ Code: 'Error' }] }],
    },
  ].map((report) => Buffer.from(JSON.stringify(report))),
  words: [...JSON_WORDS, '"softwareupdate"', '"management.declarations"', '"_removed"', '"__proto__"', '"\\u0000"'],
  pieces: JSON_PIECES,
  feed: (input) => {
    const report = refusing(() => parseStatusReport(input.toString('utf8')));
    const state = withReport(NOTHING_SAID, report, 1);
    ddmCapabilities(state);
    reportedFacts(state, report.items.keys());
    const declarations = reportedDeclarations(state);
    const { success } = Observation.safeParse({ ...statusOf(state), ...(declarations && { declarations }) });
    if (!success) throw new Error("what was understood is not of the contract's shape");
    const again = withReport(JSON.parse(JSON.stringify(state)) as typeof state, report, 1);
    if (JSON.stringify(again) !== JSON.stringify(state)) throw new Error('a report that came twice changed something');
  },
};
