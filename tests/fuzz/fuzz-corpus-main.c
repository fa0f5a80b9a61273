/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs a fuzz target over every file of the directories given as arguments, so that each
 * corpus is also a unit test that needs no fuzz engine. */

#include <glib.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

/* The input is copied to the heap at its exact size: a read beyond it is an error that
 * sanitizers and valgrind see. */
static void
run_file (const char *path)
{
  g_autofree char *contents = NULL;
  g_autofree uint8_t *exact = NULL;
  g_autoptr (GError) error = NULL;
  size_t n_bytes = 0;

  g_file_get_contents (path, &contents, &n_bytes, &error);
  g_assert_no_error (error);
  exact = g_malloc (MAX (n_bytes, 1));
  memcpy (exact, contents, n_bytes);
  g_assert_cmpint (LLVMFuzzerTestOneInput (exact, n_bytes), ==, 0);
}

static void
test_directory (gconstpointer data)
{
  const char *directory = data, *name;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &error);
  unsigned n_files = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      g_test_message ("%s", path);
      run_file (path);
      n_files++;
    }
  g_assert_cmpuint (n_files, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (int i = 1; i < argc; i++)
    {
      g_autofree char *base = g_path_get_basename (argv[i]);
      g_autofree char *path = g_strdup_printf ("/fuzz/corpus/%s", base);

      g_test_add_data_func (path, argv[i], test_directory);
    }

  return g_test_run ();
}
