/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-client.h"
#include "bma-code.h"
#include "bma-keyfile-encode.h"
#include "bma-keyfile-frame.h"

/* A header and 6 frames of 1 to 3 groups. */
static GString *
make_file (GArray *ends)
{
  GString *text = g_string_new (NULL);

  bma_keyfile_encode_header (text);
  g_array_append_val (ends, text->len);
  for (unsigned int i = 0; i < 6; i++)
    {
      g_autoptr (BmaChange) change = bma_change_new ();
      g_autofree char *id = g_strdup_printf ("%x", i + 1);
      BmaClient *client = bma_record_new (&bma_client_type, id);

      client->name = g_strdup ("a name \n#c 3 ; = [x]");
      client->redirect_uris = g_strsplit ("http://127.0.0.1/|x:/y", "|", 0);
      client->created_at_s = 1767225600 + i;
      bma_change_put_take (change, client);
      for (unsigned int j = 0; j < i % 3; j++)
        bma_change_delete (change, &bma_code_type, id);
      g_assert_true (bma_keyfile_encode_change (text, change, NULL));
      g_array_append_val (ends, text->len);
    }
  return text;
}

/* Checks that the scan covers every byte once, and that whole frames are frames of
 * @original, in order. Returns how many. */
static unsigned int
scan_and_check (const char *bytes,
                size_t n_bytes,
                const GString *original,
                unsigned int *n_broken)
{
  BmaKeyfileScan scan = { bytes, n_bytes, 0 };
  BmaKeyfileFrame frame;
  const char *from = original->str;
  unsigned int n_whole = 0;
  size_t at = 0;

  *n_broken = 0;
  while (bma_keyfile_scan_next (&scan, &frame))
    {
      g_assert_cmpuint (frame.offset, ==, at);
      g_assert_cmpuint (scan.start, >, at);
      at = scan.start;
      if (frame.problem != NULL)
        {
          g_assert_cmpuint (frame.offset + frame.length, ==, at);
          (*n_broken)++;
          continue;
        }
      from = memmem (from, (size_t) (original->str + original->len - from),
                     bytes + frame.offset, scan.start - frame.offset);
      g_assert_nonnull (from);
      from += scan.start - frame.offset;
      n_whole++;
    }
  g_assert_cmpuint (at, ==, n_bytes);
  return n_whole;
}

static void
test_torn_at_every_offset (void)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (size_t));
  g_autoptr (GString) text = make_file (ends);

  for (size_t n = 0; n <= text->len; n++)
    {
      g_autofree char *torn = g_memdup2 (text->str, n);
      unsigned int expected = 0;
      unsigned int n_broken;
      gboolean is_end = n == 0;

      for (unsigned int i = 0; i < ends->len; i++)
        {
          expected += g_array_index (ends, size_t, i) <= n ? 1 : 0;
          is_end = is_end || g_array_index (ends, size_t, i) == n;
        }
      g_assert_cmpuint (scan_and_check (torn, n, text, &n_broken), ==, expected);
      g_assert_cmpuint (n_broken, ==, is_end ? 0 : 1);
    }
}

static void
test_flips_are_noticed (void)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (size_t));
  g_autoptr (GString) text = make_file (ends);
  g_autofree char *bytes = g_memdup2 (text->str, text->len);

  for (size_t i = 0; i < text->len; i++)
    for (unsigned int bit = 1; bit < 256; bit <<= 1)
      {
        unsigned int n_broken;

        bytes[i] = (char) (bytes[i] ^ (char) bit);
        g_assert_cmpuint (scan_and_check (bytes, text->len, text, &n_broken), ==,
                          ends->len - 1);
        g_assert_cmpuint (n_broken, >=, 1);
        bytes[i] = (char) (bytes[i] ^ (char) bit);
      }
}

static void
test_holes_cost_two_frames_at_most (void)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (size_t));
  g_autoptr (GString) text = make_file (ends);

  /* Every run of 5 bytes removed, doubled, or overwritten with zeros. */
  for (size_t i = 0; i + 5 <= text->len; i++)
    for (unsigned int how = 0; how < 3; how++)
      {
        g_autoptr (GString) bytes = g_string_new_len (text->str, (gssize) text->len);
        unsigned int n_broken;

        if (how == 0)
          g_string_erase (bytes, (gssize) i, 5);
        else if (how == 1)
          g_string_insert_len (bytes, (gssize) i, text->str + i, 5);
        else
          memset (bytes->str + i, 0, 5);
        g_assert_cmpuint (scan_and_check (bytes->str, bytes->len, text, &n_broken), >=,
                          ends->len - 2);
        g_assert_cmpuint (n_broken, >=, 1);
      }
}

static void
test_frame_after_torn_one_is_found (void)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (size_t));
  g_autoptr (GString) text = make_file (ends);
  size_t last = g_array_index (ends, size_t, ends->len - 2);

  /* As when a torn tail could not be removed, and the daemon went on. */
  for (size_t n = 1; n < text->len; n++)
    {
      g_autoptr (GString) bytes = g_string_new_len (text->str, (gssize) n);
      BmaKeyfileScan scan;
      BmaKeyfileFrame frame = { 0 };

      g_string_append_len (bytes, text->str + last, (gssize) (text->len - last));
      scan = (BmaKeyfileScan){ bytes->str, bytes->len, 0 };
      while (bma_keyfile_scan_next (&scan, &frame))
        ;
      g_assert_null (frame.problem);
      g_assert_cmpuint (frame.offset, ==, n);
    }
}

static void
test_false_seals_are_cheap (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  BmaKeyfileScan scan;
  BmaKeyfileFrame frame;
  unsigned int n = 0;

  /* Quadratic work would be 20 GB of hashing. */
  for (unsigned int i = 0; i < 40000; i++)
    g_string_append_printf (text, "#c %" G_GSIZE_FORMAT " 0123456789abcdef\n", text->len);
  scan = (BmaKeyfileScan){ text->str, text->len, 0 };
  while (bma_keyfile_scan_next (&scan, &frame))
    {
      g_assert_nonnull (frame.problem);
      n++;
    }
  g_assert_cmpuint (n, <=, 40000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/frame/torn-at-every-offset", test_torn_at_every_offset);
  g_test_add_func ("/store/frame/flips-are-noticed", test_flips_are_noticed);
  g_test_add_func ("/store/frame/holes-cost-two-frames-at-most",
                   test_holes_cost_two_frames_at_most);
  g_test_add_func ("/store/frame/frame-after-torn-one-is-found",
                   test_frame_after_torn_one_is_found);
  g_test_add_func ("/store/frame/false-seals-are-cheap", test_false_seals_are_cheap);
  return g_test_run ();
}
