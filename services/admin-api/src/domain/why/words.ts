import type { NextWindow } from '@lamplighter/contracts';

/** `2026-11-22 02:00 Europe/Zurich`; in UTC `2026-11-22 02:00 UTC`. */
export function moment(at: Date | string, zone = 'UTC'): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return `${parts.format(new Date(at))} ${zone}`;
}

/** `3 minutes`, `5 hours`, `12 days`: the largest unit of which there are two. */
export function age(from: Date, to: Date): string {
  const minutes = Math.max(0, Math.floor((to.getTime() - from.getTime()) / 60_000));
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}

export const opening = ({ opensAt, zone }: NextWindow): string => moment(opensAt, zone);

export const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;
