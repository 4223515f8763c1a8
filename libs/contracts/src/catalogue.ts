import * as agent from './events/agent.ts';
import * as command from './events/command.ts';
import * as declaration from './events/declaration.ts';
import * as declarationGroup from './events/declaration-group.ts';
import * as manyCommands from './events/many-commands.ts';
import * as device from './events/device.ts';
import * as rollout from './events/rollout.ts';
import * as finding from './events/finding.ts';
import * as update from './events/update.ts';
import * as webhook from './events/webhook.ts';
import * as window from './events/window.ts';

/** Every message there is, in the order of the path. */
export const messages = [
  window.windowOpened,
  window.rolloutPlanned,
  window.waveReleased,
  rollout.rolloutHalted,
  declaration.declarationAssign,
  declaration.declarationWithdraw,
  declarationGroup.declarationRegroup,
  command.commandEnqueue,
  command.commandRevoke,
  command.commandEnqueued,
  manyCommands.commandsEnqueued,
  command.pushRequest,
  command.pushRepeat,
  command.pushSent,
  webhook.webhookReceive,
  command.commandAnswered,
  command.commandEnded,
  device.deviceCheckedIn,
  device.deviceEnrolled,
  device.deviceLeft,
  device.declarationReported,
  device.deviceObserved,
  agent.agentReported,
  update.updateAdvanced,
  finding.findingAlerted,
] as const;
