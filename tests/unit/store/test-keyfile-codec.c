/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "bma-client.h"
#include "bma-keyfile-decode.h"
#include "bma-keyfile-encode.h"
#include "bma-keyfile-frame.h"
#include "bma-keyfile-value.h"
#include "bma-store.h"
#include "bma-tables.h"
#include "bma-token.h"

static const char *const nasty[] = {
  "",
  "plain",
  " ",
  "  leading and trailing  ",
  "\ttabs\t",
  "line\nline\r\n",
  "\n[client 00]\ndeleted=1\n#c 3 0000000000000000\n",
  "[group]",
  "# comment",
  "#c 10 0123456789abcdef",
  ";",
  "a;b;;c\\;",
  "\\",
  "\\n\\s\\",
  "key=value=",
  "unicode: \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xc2\xa0",
  "control: \x01\x1b\x7f",
  "trailing backslash space\\ ",
};

static void
fill_string (char **at, size_t seed)
{
  *at = seed % 7 == 0 ? NULL : g_strdup (nasty[seed % G_N_ELEMENTS (nasty)]);
}

static void
fill_strings (char ***at, size_t seed)
{
  size_t n = seed % 5;

  if (seed % 11 == 0)
    return;
  *at = g_new0 (char *, n + 1);
  for (size_t i = 0; i < n; i++)
    (*at)[i] = g_strdup (nasty[(seed + i) % G_N_ELEMENTS (nasty)]);
}

/* A record whose fields hold other nasty values for every seed. */
static gpointer
make_record (const BmaRecordType *type, size_t seed)
{
  static const int64_t numbers[] = { 0, 1, -1, G_MAXINT64, G_MININT64, 1767225600 };
  g_autofree char *id = g_strdup_printf ("%" G_GSIZE_MODIFIER "x", seed);
  gpointer record = bma_record_new (type, id);

  for (size_t i = 0; i < type->n_fields; i++)
    {
      gpointer at = (char *) record + type->fields[i].offset;

      switch (type->fields[i].kind)
        {
        case BMA_FIELD_STRING:
          fill_string (at, seed + i);
          break;
        case BMA_FIELD_STRINGS:
          fill_strings (at, seed + i);
          break;
        case BMA_FIELD_INTEGER:
          *(int64_t *) at = numbers[(seed + i) % G_N_ELEMENTS (numbers)];
          break;
        default:
          g_assert_not_reached ();
        }
    }
  return record;
}

static BmaChange *
decode_one (const GString *text, BmaKeyfileNotes *notes)
{
  BmaKeyfileScan scan = { text->str, text->len, 0 };
  BmaKeyfileFrame frame;
  BmaChange *change;
  const char *problem;

  g_assert_true (bma_keyfile_scan_next (&scan, &frame));
  g_assert_null (frame.problem);
  g_assert_cmpuint (scan.start, ==, text->len);
  change =
      bma_keyfile_decode_change (text->str + frame.offset, frame.length, notes, &problem);
  if (change == NULL)
    g_assert_nonnull (problem);
  return change;
}

static void
test_every_table_comes_back (void)
{
  for (size_t table = 0; table < BMA_N_TABLES; table++)
    for (size_t seed = 1; seed < 400; seed++)
      {
        g_autoptr (BmaChange) change = bma_change_new ();
        g_autoptr (BmaChange) back = NULL;
        g_autoptr (GString) text = g_string_new (NULL);
        g_autoptr (GError) error = NULL;
        g_auto (BmaKeyfileNotes) notes = { 0 };
        const BmaRecordType *type = bma_tables[table];

        bma_change_put_take (change, make_record (type, seed));
        bma_change_delete (change, type, "00ff");
        bma_change_put_take (change, make_record (type, seed + 1000));
        g_assert_true (bma_keyfile_encode_change (text, change, &error));
        back = decode_one (text, &notes);
        g_assert_cmpuint (bma_change_get_n_ops (back), ==, 3);
        g_assert_cmpuint (notes.n_unknown_keys, ==, 0);
        g_assert_null (bma_change_get_op (back, 1)->record);
        g_assert_true (bma_change_get_op (back, 1)->type == type);
        g_assert_cmpstr (bma_change_get_op (back, 1)->id, ==, "00ff");
        for (unsigned int i = 0; i < 3; i += 2)
          g_assert_true (bma_record_equal (bma_change_get_op (change, i)->record,
                                           bma_change_get_op (back, i)->record));
      }
}

static void
check_with_key_file (GKeyFile *file, const BmaRecord *record)
{
  g_autofree char *group = g_strdup_printf ("%s %s", record->type->name, record->id);

  g_assert_true (g_key_file_has_group (file, group));
  for (size_t i = 0; i < record->type->n_fields; i++)
    {
      const BmaRecordField *field = &record->type->fields[i];
      gconstpointer at = (const char *) record + field->offset;

      if (field->kind == BMA_FIELD_INTEGER)
        g_assert_cmpint (g_key_file_get_int64 (file, group, field->name, NULL), ==,
                         *(const int64_t *) at);
      else if (field->kind == BMA_FIELD_STRING)
        {
          g_autofree char *value = g_key_file_get_string (file, group, field->name, NULL);

          g_assert_cmpstr (value, ==, *(char *const *) at);
        }
      else if (*(char **const *) at != NULL)
        {
          g_auto (GStrv)
              values = g_key_file_get_string_list (file, group, field->name, NULL, NULL);

          g_assert_cmpstrv (values, *(char **const *) at);
        }
    }
}

static void
test_key_file_reads_it (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (bma_record_unref);
  g_autoptr (GError) error = NULL;
  g_autofree char *format = NULL;

  bma_keyfile_encode_header (text);
  for (size_t table = 0; table < BMA_N_TABLES; table++)
    for (size_t seed = 1; seed < 100; seed++)
      {
        gpointer record = make_record (bma_tables[table], seed);

        g_ptr_array_add (records, record);
        g_assert_true (bma_keyfile_encode_record (text, record, &error));
      }
  g_assert_true (
      g_key_file_load_from_data (file, text->str, text->len, G_KEY_FILE_NONE, &error));
  g_assert_no_error (error);
  format = g_key_file_get_string (file, "biomcp-auth", "format", NULL);
  g_assert_cmpstr (format, ==, "1");
  for (unsigned int i = 0; i < records->len; i++)
    check_with_key_file (file, g_ptr_array_index (records, i));
}

static void
test_reads_what_key_file_writes (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (nasty); i++)
    {
      const char *pair[] = { nasty[i], nasty[(i + 1) % G_N_ELEMENTS (nasty)], NULL };
      g_autofree char *raw = NULL;
      g_autofree char *raw_list = NULL;
      g_autofree char *value = NULL;
      g_auto (GStrv) values = NULL;

      g_key_file_set_string (file, "g", "k", nasty[i]);
      raw = g_key_file_get_value (file, "g", "k", NULL);
      value = bma_keyfile_value_parse_string (raw, strlen (raw));
      g_assert_cmpstr (value, ==, nasty[i]);
      g_key_file_set_string_list (file, "g", "k", pair, 2);
      raw_list = g_key_file_get_value (file, "g", "k", NULL);
      values = bma_keyfile_value_parse_strings (raw_list, strlen (raw_list));
      g_assert_cmpstrv (values, pair);
    }
}

static void
test_refuses_to_write (void)
{
  g_autofree char *long_id = g_strnfill (65, 'a');
  const char *const bad_ids[] = { "", "A0", "g", "0a]", "0a\n", " 0a", "../0a", long_id };
  g_autofree char *longest_id = g_strnfill (64, 'a');

  for (size_t i = 0; i < G_N_ELEMENTS (bad_ids); i++)
    {
      g_autoptr (BmaChange) change = bma_change_new ();
      g_autoptr (GString) text = g_string_new ("kept");
      g_autoptr (GError) error = NULL;

      bma_change_delete (change, &bma_client_type, "0a");
      bma_change_delete (change, &bma_client_type, bad_ids[i]);
      g_assert_false (bma_keyfile_encode_change (text, change, &error));
      g_assert_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_WRITE);
      g_assert_cmpstr (text->str, ==, "kept");
    }
  g_assert_true (bma_keyfile_is_id (longest_id, 64));
}

static void
test_refuses_other_encodings (void)
{
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (BmaClient) client = bma_record_new (&bma_client_type, "0a");
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      if (i == 0)
        client->name = g_strdup ("latin \xe4");
      else
        client->redirect_uris = g_strsplit ("fine|\xff", "|", 0);
      g_assert_false (bma_keyfile_encode_record (text, &client->record, &error));
      g_assert_error (error, BMA_STORE_ERROR, BMA_STORE_ERROR_WRITE);
      g_assert_cmpuint (text->len, ==, 0);
    }
}

static void
test_refuses_to_read (void)
{
  static const char *const bad[] = {
    "key=value\n",
    "\n[client 0a\n",
    "\n[]\n",
    "\n[\n",
    "\n[ ]\n",
    "\n[client]\n",
    "\n[client ]\n",
    "\n[client 0A]\n",
    "\n[client 0a]]\n",
    "\n[cliens 0a]\n",
    "\n[ 0a]\n",
    "\n[client 0a]\nno equals sign\n",
    "\n[client 0a]\nname=bad escape \\x\n",
    "\n[client 0a]\nname=semicolon \\;\n",
    "\n[client 0a]\nname=ends \\\n",
    "\n[client 0a]\nname=one\nname=two\n",
    "\n[client 0a]\nname=latin \xe4\n",
    "\n[client 0a]\nredirect_uris=no end\n",
    "\n[client 0a]\nredirect_uris=a;\nredirect_uris=b;\n",
    "\n[client 0a]\nredirect_uris=bad \\x;\n",
    "\n[client 0a]\ncreated_at_s=\n",
    "\n[client 0a]\ncreated_at_s=12x\n",
    "\n[client 0a]\ncreated_at_s= 12\n",
    "\n[client 0a]\ncreated_at_s=9223372036854775808\n",
    "\n[biomcp-auth]\nformat=0\n",
    "\n[biomcp-auth]\nformat=\n",
    /* One bad group takes the good one with it. */
    "\n[client 0a]\nname=good\n\n[nothing 0b]\nname=bad\n",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GString) text = g_string_new (bad[i]);
      g_autoptr (BmaChange) change = NULL;
      g_auto (BmaKeyfileNotes) notes = { 0 };
      int64_t format;

      bma_keyfile_frame_seal (text, 0);
      g_assert_false (bma_keyfile_decode_header (bad[i], strlen (bad[i]), &format));
      change = decode_one (text, &notes);
      g_assert_null (change);
    }
}

static void
test_notes_unknown_keys (void)
{
  g_autoptr (GString)
      text = g_string_new ("\n# comment\n[client 0a]\ncolour=red\nname=x\nsize=1\n");
  g_autoptr (BmaChange) change = NULL;
  g_auto (BmaKeyfileNotes) notes = { 0 };

  bma_keyfile_frame_seal (text, 0);
  change = decode_one (text, &notes);
  g_assert_cmpuint (notes.n_unknown_keys, ==, 2);
  g_assert_cmpstr (notes.unknown_key, ==, "colour of client");
  g_assert_cmpstr (((BmaClient *) bma_change_get_op (change, 0)->record)->name, ==, "x");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/codec/every-table-comes-back", test_every_table_comes_back);
  g_test_add_func ("/store/codec/key-file-reads-it", test_key_file_reads_it);
  g_test_add_func ("/store/codec/reads-what-key-file-writes",
                   test_reads_what_key_file_writes);
  g_test_add_func ("/store/codec/refuses-to-write-bad-ids", test_refuses_to_write);
  g_test_add_func ("/store/codec/refuses-other-encodings", test_refuses_other_encodings);
  g_test_add_func ("/store/codec/refuses-to-read", test_refuses_to_read);
  g_test_add_func ("/store/codec/notes-unknown-keys", test_notes_unknown_keys);
  return g_test_run ();
}
