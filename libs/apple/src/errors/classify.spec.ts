import { describe, expect, it } from '@jest/globals';
import { classifyErrorChain } from './classify.ts';

const link = (ErrorDomain: string, ErrorCode: number, USEnglishDescription?: string) => ({
  ErrorDomain,
  ErrorCode,
  ...(USEnglishDescription ? { USEnglishDescription } : {}),
});

describe('an error chain', () => {
  it.each([
    [12008, 'unsupported-command', 'never'],
    [12021, 'invalid-request-type', 'never'],
    [12048, 'no-update-available', 'later'],
    [12051, 'download-in-progress', 'later'],
    [12052, 'download-complete', 'now'],
    [12059, 'install-requires-download', 'now'],
    [12054, 'insufficient-space', 'later'],
    [12061, 'insufficient-power', 'later'],
    [12078, 'lost-mode', 'never'],
  ])('with MCMDMErrorDomain %i is %s, to be tried %s', (code, errorClass, retry) => {
    expect(classifyErrorChain([link('MCMDMErrorDomain', code)])).toMatchObject({
      class: errorClass,
      retry,
    });
  });

  it('is read from its deepest known link', () => {
    const chain = [
      link('MCMDMErrorDomain', 12008),
      link('DeviceManagement.error', 2213),
      link('com.apple.softwareupdateservices.errors', 3),
    ];
    expect(classifyErrorChain(chain).class).toBe('no-update-available');
    expect(classifyErrorChain([link('MCMDMErrorDomain', 12057), link('NSURLErrorDomain', -1009)]).class).toBe(
      'download-failed',
    );
  });

  it('knows what Macs say', () => {
    expect(classifyErrorChain([link('MDMClientError', 74)]).class).toBe('requires-automated-enrollment');
    expect(classifyErrorChain([link('SUMacControllerError', 7507)]).class).toBe('bootstrap-token-missing');
    expect(classifyErrorChain([link('com.apple.SUMacControllerError', 7301)]).class).toBe('no-update-available');
    expect(classifyErrorChain([link('SUMacControllerError', 7509)]).class).toBe('benign');
  });

  it('that speaks of an active enforcement means superseded, not failed', () => {
    const chain = [link('MCMDMErrorDomain', 12008, 'A declarative enforcement configuration manages this update.')];
    expect(classifyErrorChain(chain)).toMatchObject({ class: 'superseded', retry: 'never' });
  });

  it('that speaks of a bootstrap token means that one is missing, whatever its code', () => {
    const chain = [link('MCMDMErrorDomain', 12008), link('com.example', 1, 'BootstrapTokenRequiredForSoftwareUpdate')];
    expect(classifyErrorChain(chain).class).toBe('bootstrap-token-missing');
  });

  it('is unknown where it is empty or new', () => {
    expect(classifyErrorChain([]).class).toBe('unknown');
    expect(classifyErrorChain([link('com.example.new', 1)])).toMatchObject({
      class: 'unknown',
      retry: 'later',
    });
  });
});
