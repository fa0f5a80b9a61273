// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Every wait in these tests is for an event and has an end.

export const STEP_MS = 30_000;

export async function within(ms, what, promise) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
