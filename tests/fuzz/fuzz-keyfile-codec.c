/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A state file as found on the disk, and the same bytes as the text of one frame. */

#include <stdint.h>
#include <string.h>

#include "bma-keyfile-decode.h"
#include "bma-keyfile-encode.h"
#include "bma-keyfile-frame.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
check_same (const BmaChange *a, const BmaChange *b)
{
  g_assert (bma_change_get_n_ops (a) == bma_change_get_n_ops (b));
  for (unsigned int i = 0; i < bma_change_get_n_ops (a); i++)
    {
      const BmaChangeOp *x = bma_change_get_op (a, i);
      const BmaChangeOp *y = bma_change_get_op (b, i);

      g_assert (x->type == y->type && strcmp (x->id, y->id) == 0);
      g_assert ((x->record == NULL) == (y->record == NULL));
      g_assert (x->record == NULL || bma_record_equal (x->record, y->record));
    }
}

/* Whatever was understood can be written, and is then understood alike. */
static void
check_text (const char *text, size_t length)
{
  g_auto (BmaKeyfileNotes) notes = { 0 };
  g_autoptr (BmaChange) change = NULL;
  g_autoptr (BmaChange) again = NULL;
  g_autoptr (GString) written = g_string_new (NULL);
  BmaKeyfileScan scan;
  BmaKeyfileFrame frame;
  const char *problem;
  int64_t format;

  (void) bma_keyfile_decode_header (text, length, &format);
  change = bma_keyfile_decode_change (text, length, &notes, &problem);
  g_assert ((change == NULL) == (problem != NULL));
  if (change == NULL)
    return;
  g_assert (bma_keyfile_encode_change (written, change, NULL));
  scan = (BmaKeyfileScan){ written->str, written->len, 0 };
  g_assert (bma_keyfile_scan_next (&scan, &frame));
  g_assert (frame.problem == NULL && scan.start == written->len);
  bma_keyfile_notes_clear (&notes);
  again = bma_keyfile_decode_change (written->str + frame.offset, frame.length, &notes,
                                     &problem);
  g_assert (again != NULL && notes.n_unknown_keys == 0);
  check_same (change, again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *bytes = g_memdup2 (n_bytes > 0 ? data : (const uint8_t *) "",
                                      MAX (n_bytes, 1)); /* never NULL */
  BmaKeyfileScan scan = { bytes, n_bytes, 0 };
  BmaKeyfileFrame frame;
  size_t at = 0;

  while (bma_keyfile_scan_next (&scan, &frame))
    {
      g_assert (frame.offset == at && scan.start > at && scan.start <= n_bytes);
      g_assert (frame.offset + frame.length <= scan.start);
      at = scan.start;
      if (frame.problem == NULL)
        check_text (bytes + frame.offset, frame.length);
    }
  g_assert (at == n_bytes);
  check_text (bytes, n_bytes);
  return 0;
}
