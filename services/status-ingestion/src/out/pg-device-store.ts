import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { DeviceFacts } from '../domain/device-facts.ts';
import { DeviceStore } from '../ports/devices.ts';
import type { Departure, DeviceKey, Enrollment } from '../ports/devices.ts';
import { enrollDevices } from './sql/enroll-devices.ts';
import { leaveDevices } from './sql/leave-devices.ts';
import { noteAnswers } from './sql/note-answers.ts';
import { writeFacts } from './sql/write-facts.ts';

type Dated = DeviceKey & { at: Date };

@Injectable()
export class PgDeviceStore extends DeviceStore {
  override async enroll(tx: Tx, batch: readonly Enrollment[], now: Date): Promise<DeviceKey[]> {
    if (batch.length === 0) return [];
    const rows = batch.map(({ facts, ...row }) => ({ ...row, ...facts }));
    return tx.query<DeviceKey>(enrollDevices, [JSON.stringify(rows), now]);
  }

  override async leave(tx: Tx, batch: readonly Departure[], now: Date): Promise<void> {
    if (batch.length > 0) await tx.query(leaveDevices, [...columns(batch), now]);
  }

  override async noteAnswers(tx: Tx, batch: readonly Dated[], now: Date): Promise<void> {
    if (batch.length > 0) await tx.query(noteAnswers, [...columns(batch), now]);
  }

  override async writeFacts(tx: Tx, batch: readonly (Dated & { facts: DeviceFacts })[], now: Date): Promise<void> {
    if (batch.length === 0) return;
    const rows = batch.map(({ tenant, deviceId, at, facts }) => ({
      tenant,
      deviceId,
      at,
      ...facts,
    }));
    await tx.query(writeFacts, [JSON.stringify(rows), now]);
  }
}

function columns(batch: readonly Dated[]): unknown[] {
  return [batch.map((one) => one.tenant), batch.map((one) => one.deviceId), batch.map((one) => one.at)];
}
