/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bma-keyring-libsecret.h"
#include "keyring-await.h"

#define KIND BMA_KEYRING_KIND_SIGNING_KEY

/* A real gnome-keyring on a private bus, with a home of its own. */
typedef struct
{
  GSubprocess *daemon; /* owned (nullable) */
} Session;

/* With a password the login keyring is unlocked, or made when there is none. */
static void
start_daemon (Session *session, const char *password)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) input = NULL;
  GOutputStream *pipe = NULL;
  const char *arguments[] = { "gnome-keyring-daemon", "--foreground",
                              "--components=secrets",
                              password != NULL ? "--unlock" : NULL, NULL };

  g_assert_null (session->daemon);
  session->daemon = g_subprocess_newv (arguments,
                                       G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                           G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                           G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                       &error);
  g_assert_no_error (error);
  pipe = g_subprocess_get_stdin_pipe (session->daemon);
  if (password != NULL)
    g_output_stream_write_all (pipe, password, strlen (password), NULL, NULL, NULL);
  g_output_stream_close (pipe, NULL, NULL);
}

static void
stop_daemon (Session *session)
{
  if (session->daemon == NULL)
    return;
  g_subprocess_force_exit (session->daemon);
  g_subprocess_wait (session->daemon, NULL, NULL);
  g_clear_object (&session->daemon);
}

static void
test_no_service (Session *session)
{
  g_autoptr (BmaKeyring) keyring = bma_keyring_libsecret_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (bma_keyring_get_state (keyring), ==, BMA_KEYRING_STATE_UNKNOWN);
  assert_load_fails (keyring, KIND, BMA_KEYRING_ERROR_MISSING);
  g_assert_cmpint (bma_keyring_get_state (keyring), ==, BMA_KEYRING_STATE_MISSING);
  assert_save_fails (keyring, KIND, BMA_KEYRING_ERROR_MISSING);
  g_assert_false (await_unlock (keyring, &error));
  g_assert_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING);
}

/* The daemon runs, nobody ever logged in with a password. */
static void
test_no_collection (Session *session)
{
  g_autoptr (BmaKeyring) keyring = bma_keyring_libsecret_new ();
  g_autoptr (GError) error = NULL;

  start_daemon (session, NULL);
  await_state (keyring, BMA_KEYRING_STATE_MISSING);
  assert_load_fails (keyring, KIND, BMA_KEYRING_ERROR_MISSING);
  assert_save_fails (keyring, KIND, BMA_KEYRING_ERROR_MISSING);
  /* It would ask for a new password, but there is no display: nobody can answer. */
  g_assert_false (await_unlock (keyring, &error));
  g_assert_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_DISMISSED);
  stop_daemon (session);
}

static void
test_unlocked (Session *session)
{
  g_autoptr (BmaKeyring) keyring = bma_keyring_libsecret_new ();

  start_daemon (session, "right");
  await_state (keyring, BMA_KEYRING_STATE_READY);
  assert_load_fails (keyring, KIND, BMA_KEYRING_ERROR_NOT_FOUND);
  g_assert_true (await_save (keyring, KIND, "{\"kty\":\"EC\"}", NULL));
  assert_loads (keyring, KIND, "{\"kty\":\"EC\"}");
  g_assert_true (await_save (keyring, KIND, "second", NULL));
  g_assert_true (await_save (keyring, BMA_KEYRING_KIND_STYTCH_SECRET, "third", NULL));
  assert_loads (keyring, KIND, "second");
  assert_loads (keyring, BMA_KEYRING_KIND_STYTCH_SECRET, "third");
  g_assert_true (await_unlock (keyring, NULL));
  stop_daemon (session);
  await_state (keyring, BMA_KEYRING_STATE_MISSING);
}

/* Not "not found": a signing key would be made anew. */
static void
test_locked_and_healed (Session *session)
{
  g_autoptr (BmaKeyring) keyring = bma_keyring_libsecret_new ();
  g_autoptr (GError) error = NULL;

  start_daemon (session, NULL);
  await_state (keyring, BMA_KEYRING_STATE_LOCKED);
  assert_load_fails (keyring, KIND, BMA_KEYRING_ERROR_LOCKED);
  assert_save_fails (keyring, KIND, BMA_KEYRING_ERROR_LOCKED);
  g_assert_false (await_unlock (keyring, &error));
  g_assert_error (error, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_DISMISSED);
  g_assert_cmpint (bma_keyring_get_state (keyring), ==, BMA_KEYRING_STATE_LOCKED);

  stop_daemon (session);
  await_state (keyring, BMA_KEYRING_STATE_MISSING);
  start_daemon (session, "wrong");
  await_state (keyring, BMA_KEYRING_STATE_LOCKED);
  assert_load_fails (keyring, KIND, BMA_KEYRING_ERROR_LOCKED);

  stop_daemon (session);
  await_state (keyring, BMA_KEYRING_STATE_MISSING);
  start_daemon (session, "right");
  await_state (keyring, BMA_KEYRING_STATE_READY);
  assert_loads (keyring, KIND, "second");
  stop_daemon (session);
}

/* No pause between death and the next call. */
static void
test_load_right_after_restart (Session *session)
{
  g_autoptr (BmaKeyring) keyring = bma_keyring_libsecret_new ();

  start_daemon (session, "right");
  await_state (keyring, BMA_KEYRING_STATE_READY);
  assert_loads (keyring, KIND, "second");
  stop_daemon (session);
  assert_load_fails (keyring, KIND, BMA_KEYRING_ERROR_MISSING);
  start_daemon (session, "right");
  await_state (keyring, BMA_KEYRING_STATE_READY);
  assert_loads (keyring, KIND, "second");
  stop_daemon (session);
}

static void
test_freed_while_asking (Session *session)
{
  BmaKeyring *keyring = bma_keyring_libsecret_new ();

  start_daemon (session, "right");
  await_state (keyring, BMA_KEYRING_STATE_READY);
  g_object_unref (keyring);
  keyring = bma_keyring_libsecret_new ();
  g_object_unref (keyring);
  keyring = bma_keyring_libsecret_new ();
  while (bma_keyring_get_state (keyring) == BMA_KEYRING_STATE_UNKNOWN &&
         g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (keyring);
  stop_daemon (session);
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *where)
{
  return g_remove (path);
}

/* libsecret keeps the connection for ever, and g_test_dbus_stop() would wait for it. The
 * bus ends with this process: GTestDBus has a watcher for that. */
static GTestDBus *volatile bus = NULL;

static void
run_with_daemon (gconstpointer data)
{
  Session session = { 0 };
  g_autofree char *home = g_dir_make_tmp ("bma-keyring-XXXXXX", NULL);
  g_autofree char *run = g_build_filename (home, "run", NULL);
  g_autofree char *program = g_find_program_in_path ("gnome-keyring-daemon");
  void (*const *steps) (Session *) = data;

  if (program == NULL)
    {
      g_test_skip ("gnome-keyring-daemon is not installed");
      return;
    }
  g_assert_cmpint (g_mkdir (run, 0700), ==, 0);
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", run, TRUE);
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  for (size_t i = 0; steps[i] != NULL; i++)
    steps[i](&session);
  nftw (home, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void (*const steps[]) (Session *) = {
  test_no_service,
  test_no_collection,
  test_unlocked,
  test_locked_and_healed,
  test_load_right_after_restart,
  test_freed_while_asking,
  NULL,
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/keyring/libsecret/with-gnome-keyring", steps, run_with_daemon);
  return g_test_run ();
}
