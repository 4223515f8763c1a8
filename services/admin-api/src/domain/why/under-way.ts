import { type Reason, reasonOf, type UpdateState, type Waiting } from '@lamplighter/contracts';

type Words = Omit<Reason, 'code' | 'retry'>;

const words = (title: string, explanation: string, action = 'Nothing.'): Words => ({
  class: 'window',
  title,
  explanation,
  action,
});

/** What a state means that carries no reason. */
export const UNDER_WAY: Partial<Record<UpdateState, Words>> = {
  planned: words('Planned', 'It is dealt into a wave and is sent its first command with it.'),
  scanning: words('Asked which updates it has', 'The device looks for updates, or is to say which it can take.'),
  available: words('The update is there', 'The device has named the update and is sent the command to take it.'),
  commanded: words('Has the command', 'The device took the command and has not begun to download yet.'),
  downloading: words('Downloads', 'The device downloads the update.'),
  downloaded: words('Downloaded', 'The update is on the device and is to be installed.'),
  installing: words('Installs', 'The device installs the update. It restarts and is heard of again after that.'),
  installed: {
    class: 'done',
    title: 'Installed',
    explanation: 'The device runs the target version.',
    action: 'Nothing.',
  },
  failed: { ...reasonOf('unknown'), title: 'Failed' },
  superseded: reasonOf('superseded'),
  'not-eligible': words('Takes no part', 'The plan left the device out.'),
  waiting: words('Waits for the next window', 'It was not through when sending stopped.'),
};

/** The state as a verdict where a command waits for something that decides. */
export const WAITS: Partial<Record<Waiting['reason'], Words & Pick<Reason, 'code'>>> = {
  'not-now': reasonOf('not-now'),
  'not-enrolled': reasonOf('left-management'),
  unreachable: {
    code: 'unreachable',
    class: 'contact',
    title: 'Cannot be woken: its push token is no longer valid',
    explanation:
      'Apple says that the device gave its push token up. It takes its commands only when it comes by itself.',
    action: 'Have the device opened and on the network; where that does not help, enroll it again.',
  },
  'no-push-certificate': {
    code: 'no-push-certificate',
    class: 'management',
    title: 'Cannot be woken: no valid push certificate',
    explanation: 'There is no valid APNs certificate for the topic with which the device enrolled.',
    action: 'Renew the push certificate with the same Apple Account and upload it: "lamp push-certificate upload".',
  },
  'not-pushed': {
    code: 'not-pushed',
    class: 'window',
    title: 'About to be woken',
    explanation: 'Its command is queued, and the device is woken at a controlled rate.',
    action: 'Nothing.',
  },
  'not-come': {
    code: 'not-come',
    class: 'contact',
    title: 'Has not come since it was woken',
    explanation:
      'The device was woken through APNs and has not connected since: it is off, asleep, or not on a network.',
    action: 'Check that it is switched on and on a network that lets Apple push notifications through.',
  },
  'in-hand': {
    code: 'in-hand',
    class: 'window',
    title: 'Has the command, its answer is due',
    explanation: 'The device has the command in hand and has not answered it yet.',
    action: 'Nothing at first.',
  },
  behind: {
    code: 'behind',
    class: 'window',
    title: 'Another command comes first',
    explanation: 'The device answers its commands one after another, and another one is before this.',
    action: 'See what waits: "lamp command list <device> --state pending".',
  },
};

/** What the watchdog finds when others that were woken came; its own words explain. */
export const MDM_CLIENT_STUCK: Omit<Words, 'explanation'> & Pick<Reason, 'code'> = {
  code: 'mdm-client-stuck',
  class: 'contact',
  title: 'Its MDM client seems to be stuck',
  action: 'Restart the device. On a Mac `sudo launchctl kickstart -k system/com.apple.mdmclient.daemon` may do.',
};
