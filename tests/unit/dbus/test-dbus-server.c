/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bma-client.h"
#include "bma-text.h"

#define CANARY "canary-3f9c-upstream"

static char *
set_secret (Fixture *f, Caller *caller, const char *kind, int fd)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);
  char *name = NULL;
  g_autoptr (GVariant)
      reply = caller_call (caller, f, ROOT, SERVER, "SetSecret",
                           g_variant_new ("(sh)", kind, 0), fds, NULL, &name);

  return reply != NULL ? g_strdup ("ok") : name;
}

static int
make_pipe (const char *text, size_t length)
{
  int ends[2] = { -1, -1 };

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  g_assert_cmpint (write (ends[1], text, length), ==, (int) length);
  close (ends[1]);
  return ends[0];
}

static int
make_file (size_t length)
{
  g_autofree char *text = g_strnfill (length, 'x');
  g_autofree char *name = NULL;
  int fd = g_file_open_tmp (NULL, &name, NULL);

  unlink (name);
  g_assert_cmpint (write (fd, text, length), ==, (int) length);
  lseek (fd, 0, SEEK_SET);
  return fd;
}

static const char *
peek (Fixture *f)
{
  BmaSecret *secret = bma_keyring_dummy_peek (f->keyring, BMA_KEYRING_KIND_UPSTREAM_TOKEN,
                                              "http://127.0.0.1:8417");

  return secret != NULL ? bma_secret_peek (secret) : NULL;
}

static void
test_keeps_secret (Fixture *f, gconstpointer setup)
{
  g_autofree char *first = set_secret (f, &f->host, "upstream-token",
                                       make_pipe (CANARY "\n", strlen (CANARY "\n")));

  g_assert_cmpstr (first, ==, "ok");
  g_assert_cmpstr (peek (f), ==, CANARY);
}

static void
test_reads_files (Fixture *f, gconstpointer setup)
{
  g_autofree char *largest =
      set_secret (f, &f->host, "upstream-token", make_file (64 * 1024));
  g_autofree char *larger =
      set_secret (f, &f->host, "upstream-token", make_file (64 * 1024 + 1));
  g_autofree char *much_larger =
      set_secret (f, &f->host, "upstream-token", make_file (1024 * 1024));

  g_assert_cmpstr (largest, ==, "ok");
  g_assert_cmpuint (strlen (peek (f)), ==, 64 * 1024);
  g_assert_cmpstr (larger, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (much_larger, ==, ERROR "InvalidArgument");
}

static void
test_refuses_odd_secrets (Fixture *f, gconstpointer setup)
{
  int ends[2] = { -1, -1 };
  g_autofree char *empty =
      set_secret (f, &f->host, "upstream-token", make_pipe ("\n", 1));
  g_autofree char *nul =
      set_secret (f, &f->host, "upstream-token", make_pipe ("a\0b", 3));
  g_autofree char *kind = set_secret (f, &f->host, "signing-key", make_pipe ("abc", 3));
  g_autofree char *device = set_secret (f, &f->host, "upstream-token",
                                        open ("/dev/zero", O_RDONLY | O_CLOEXEC));
  g_autofree char *folder =
      set_secret (f, &f->host, "upstream-token", open ("/", O_RDONLY | O_CLOEXEC));
  g_autofree char *socket = NULL;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  socket = set_secret (f, &f->host, "upstream-token", ends[0]);
  close (ends[1]);
  g_assert_cmpstr (empty, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (nul, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (kind, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (device, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (folder, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (socket, ==, ERROR "InvalidArgument");
  g_assert_cmpuint (bma_keyring_dummy_get_n_saves (f->keyring), ==, 1);
}

static void
test_locked_keyring (Fixture *f, gconstpointer setup)
{
  g_autofree char *name = NULL;

  bma_keyring_dummy_set_state (f->keyring, BMA_KEYRING_STATE_LOCKED);
  name = set_secret (f, &f->host, "upstream-token", make_pipe ("abc", 3));
  g_assert_cmpstr (name, ==, ERROR "KeyringLocked");
}

static void
test_not_for_sandboxed (Fixture *f, gconstpointer setup)
{
  static const char *const methods[] = { "GetStatus", "Reload", "Diagnose", "ListKeys" };
  g_autofree char *rotate =
      caller_error (&f->app, f, ROOT, SERVER, "RotateKeys", g_variant_new ("(b)", TRUE));
  g_autofree char *secret =
      set_secret (f, &f->app, "upstream-token", make_pipe ("abc", 3));

  g_assert_cmpstr (secret, ==, ERROR "AccessDenied");
  g_assert_cmpstr (rotate, ==, ERROR "AccessDenied");
  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *name = caller_error (&f->app, f, ROOT, SERVER, methods[i], NULL);

      g_assert_cmpstr (name, ==, ERROR "AccessDenied");
    }
  g_assert_null (peek (f));
}

static void
test_status (Fixture *f, gconstpointer setup)
{
  g_autoptr (GVariant) reply = caller_ok (&f->host, f, ROOT, SERVER, "GetStatus", NULL);
  g_autoptr (GVariant) status = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) findings = caller_ok (&f->host, f, ROOT, SERVER, "Diagnose", NULL);
  const char *text = NULL;

  g_assert_true (g_variant_lookup (status, "issuer", "&s", &text));
  g_assert_cmpstr (text, ==, "http://127.0.0.1:8417");
  g_assert_cmpstr (g_variant_get_type_string (findings), ==, "(a(ssss))");
}

static gboolean
on_reload (gpointer user_data, GError **error)
{
  unsigned int *n_reloads = user_data;

  if (++*n_reloads == 1)
    return TRUE;
  g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE,
                       "Line 3 is no setting");
  return FALSE;
}

static void
test_reload (Fixture *f, gconstpointer setup)
{
  unsigned int n_reloads = 0;
  g_autofree char *before = caller_error (&f->host, f, ROOT, SERVER, "Reload", NULL);
  g_autofree char *bad = NULL;
  g_autoptr (GVariant) good = NULL;

  g_assert_cmpstr (before, ==, ERROR "Failed");
  bma_dbus_service_set_reload (f->service, on_reload, &n_reloads);
  good = caller_ok (&f->host, f, ROOT, SERVER, "Reload", NULL);
  bad = caller_error (&f->host, f, ROOT, SERVER, "Reload", NULL);
  g_assert_cmpstr (bad, ==, ERROR "Failed");
  g_assert_cmpuint (n_reloads, ==, 2);
}

/* The id of the only key in that state, or NULL. */
static char *
find_key (Fixture *f, const char *state)
{
  g_autoptr (GVariant) reply = caller_ok (&f->host, f, ROOT, SERVER, "ListKeys", NULL);
  g_autoptr (GVariant) keys = g_variant_get_child_value (reply, 0);
  char *found = NULL;

  for (size_t i = 0; i < g_variant_n_children (keys); i++)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (keys, i);
      const char *is = NULL;

      g_assert_true (g_variant_lookup (key, "state", "&s", &is));
      if (!g_str_equal (is, state))
        continue;
      g_assert_null (found);
      g_assert_true (g_variant_lookup (key, "id", "s", &found));
    }
  return found;
}

static void
rotate (Fixture *f, gboolean now)
{
  g_autoptr (GVariant) reply =
      caller_ok (&f->host, f, ROOT, SERVER, "RotateKeys", g_variant_new ("(b)", now));

  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "()");
}

static void
test_rotate_keys (Fixture *f, gconstpointer setup)
{
  g_autofree char *first = find_key (f, "active");
  g_autofree char *next = NULL;
  g_autofree char *second = NULL;
  g_autofree char *old = NULL;
  g_autofree char *last = NULL;
  g_autofree char *none = NULL;

  g_assert_nonnull (first);
  rotate (f, FALSE);
  next = find_key (f, "next");
  g_assert_nonnull (next);
  bma_clock_dummy_advance_s (f->clock, 300);
  g_free (find_key (f, "active"));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  second = find_key (f, "active");
  old = find_key (f, "retiring");
  g_assert_cmpstr (second, ==, next);
  g_assert_cmpstr (old, ==, first);
  rotate (f, TRUE);
  last = find_key (f, "active");
  none = find_key (f, "retiring");
  g_assert_cmpstr (last, !=, second);
  g_assert_null (none);
}

static void
test_rotation_refused (Fixture *f, gconstpointer setup)
{
  g_autofree char *before = find_key (f, "active");
  g_autofree char *after = NULL;
  g_autofree char *locked = NULL;
  g_autofree char *read_only = NULL;

  bma_keyring_dummy_set_state (f->keyring, BMA_KEYRING_STATE_LOCKED);
  locked =
      caller_error (&f->host, f, ROOT, SERVER, "RotateKeys", g_variant_new ("(b)", TRUE));
  bma_keyring_dummy_set_state (f->keyring, BMA_KEYRING_STATE_READY);
  bma_keyring_dummy_set_read_only (f->keyring, TRUE);
  read_only = caller_error (&f->host, f, ROOT, SERVER, "RotateKeys",
                            g_variant_new ("(b)", FALSE));
  g_assert_cmpstr (locked, ==, ERROR "KeyringLocked");
  g_assert_cmpstr (read_only, ==, ERROR "Failed");
  after = find_key (f, "active");
  g_assert_cmpstr (before, ==, after);
}

static void
test_shared_secret (Fixture *f, gconstpointer setup)
{
  static const char good[] = "the secret that others have too.";
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_autofree char *too_short =
      set_secret (f, &f->host, "jwt-secret", make_pipe (good, strlen (good) - 1));
  g_autofree char *long_enough =
      set_secret (f, &f->host, "jwt-secret", make_pipe (good, strlen (good)));
  g_autofree char *id = NULL;
  g_autofree char *error = NULL;
  g_autofree char *locked = NULL;

  g_assert_cmpstr (too_short, ==, ERROR "InvalidArgument");
  g_assert_cmpstr (long_enough, ==, "ok");
  g_free (config->algorithm);
  config->algorithm = g_strdup (BMA_ALGORITHM_NAME_HS256);
  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  bma_keyring_dummy_set_paused (f->keyring, TRUE);
  bma_broker_set_config (f->broker, config);
  locked = caller_error (&f->host, f, ROOT, SERVER, "ListKeys", NULL);
  bma_keyring_dummy_set_paused (f->keyring, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  id = find_key (f, "active");
  error =
      caller_error (&f->host, f, ROOT, SERVER, "RotateKeys", g_variant_new ("(b)", TRUE));
  g_assert_cmpstr (locked, ==, ERROR "KeyringLocked");
  g_assert_cmpstr (id, ==, "hs256");
  g_assert_cmpstr (error, ==, ERROR "Failed");
  g_assert_false (caller_saw (&f->host, good));
}

static char *
read_file (GUnixFDList *fds)
{
  char text[100] = { 0 };
  int fd = g_unix_fd_list_get (fds, 0, NULL);
  int seals = fcntl (fd, F_GET_SEALS);

  g_assert_cmpint (seals, ==, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  g_assert_cmpint (read (fd, text, sizeof text - 1), >, 0);
  close (fd);
  return g_strdup (text);
}

static void
test_create_client (Fixture *f, gconstpointer setup)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant)
      reply = caller_call (&f->host, f, ROOT, SERVER, "CreateClient",
                           g_variant_new_parsed ("({'name': <'Robot'>, 'scopes': "
                                                 "<['mcp']>},)"),
                           NULL, &fds, NULL);
  g_autofree char *secret = NULL;
  g_autofree char *hash = NULL;
  const BmaClient *client = NULL;
  const char *id = NULL;
  const char *method = NULL;

  g_assert_nonnull (reply);
  secret = read_file (fds);
  answer = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (answer, "client-id", "&s", &id));
  g_assert_true (g_variant_lookup (answer, "auth-method", "&s", &method));
  g_assert_cmpstr (method, ==, "client_secret_basic");
  client = bma_store_lookup (BMA_STORE (f->store), &bma_client_type, id);
  hash = bma_text_sha256_hex (secret);
  g_assert_cmpstr (client->name, ==, "Robot");
  g_assert_cmpstr (client->origin, ==, BMA_CLIENT_ORIGIN_OWNER);
  g_assert_cmpstr (client->secret_hash, ==, hash);
  g_assert_true (caller_saw (&f->host, id));
  g_assert_false (caller_saw (&f->host, secret));
}

static void
test_create_client_refused (Fixture *f, gconstpointer setup)
{
  static const char *const options[] = {
    "(@a{sv} {},)",
    "({'name': <''>},)",
    "({'name': <7>},)",
    "({'nickname': <'x'>},)",
    "({'name': <'x'>, 'scopes': <['root']>},)",
    "({'name': <'x'>, 'auth-method': <'none'>},)",
    "({'name': <'x'>, 'redirect-uris': <['http://evil.example/']>},)",
    "({'name': <'x'>, 'jwks': <'nonsense'>},)",
  };
  g_autofree char *sandboxed = caller_error (&f->app, f, ROOT, SERVER, "CreateClient",
                                             g_variant_new_parsed ("({'name': <'x'>},)"));
  g_autoptr (GPtrArray) clients = NULL;

  g_assert_cmpstr (sandboxed, ==, ERROR "AccessDenied");
  for (size_t i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autofree char *name = caller_error (&f->host, f, ROOT, SERVER, "CreateClient",
                                            g_variant_new_parsed (options[i]));

      g_test_message ("%s", options[i]);
      g_assert_cmpstr (name, ==, ERROR "InvalidArgument");
    }
  clients = bma_store_list (BMA_STORE (f->store), &bma_client_type);
  g_assert_cmpuint (clients->len, ==, 0);
}

/* What is secret leaves the service in no reply, property or signal. */
static void
test_canary (Fixture *f, gconstpointer setup)
{
  g_autofree char *kept =
      set_secret (f, &f->host, "upstream-token", make_pipe (CANARY, strlen (CANARY)));
  g_autofree char *grant = fixture_allow (f, &f->host, "session");
  BmaSecret *key = bma_keyring_dummy_peek (f->keyring, BMA_KEYRING_KIND_SIGNING_KEY,
                                           "http://127.0.0.1:8417");
  const char *secret_part = strstr (bma_secret_peek (key), "\"d\":\"") + 5;
  g_autofree char *part = g_strndup (secret_part, 16);
  static const char *const calls[][3] = {
    { SERVER, "GetStatus", NULL },
    { SERVER, "Diagnose", NULL },
    { SERVER, "ListKeys", NULL },
    { "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL },
    { "org.freedesktop.DBus.Properties", "GetAll", BROKER },
    { "org.freedesktop.DBus.Introspectable", "Introspect", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      GVariant *arguments = calls[i][2] != NULL ? g_variant_new ("(s)", calls[i][2])
                                                : NULL;
      g_autoptr (GVariant)
          reply = caller_ok (&f->host, f, ROOT, calls[i][0], calls[i][1], arguments);

      g_assert_nonnull (reply);
    }
  g_assert_cmpstr (peek (f), ==, CANARY);
  g_assert_true (caller_saw (&f->host, "GetManagedObjects"));
  g_assert_false (caller_saw (&f->host, CANARY));
  g_assert_false (caller_saw (&f->host, part));
}

#define ADD(name, func)                                                                  \
  g_test_add ("/dbus/server/" name, Fixture, NULL, fixture_set_up, func,                 \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keeps-a-secret-from-a-pipe", test_keeps_secret);
  ADD ("keeps-a-secret-from-a-file-up-to-its-limit", test_reads_files);
  ADD ("refuses-odd-secrets", test_refuses_odd_secrets);
  ADD ("tells-when-the-keyring-is-locked", test_locked_keyring);
  ADD ("is-not-for-sandboxed-programs", test_not_for_sandboxed);
  ADD ("tells-how-the-service-is", test_status);
  ADD ("reload-tells-what-is-wrong", test_reload);
  ADD ("rotates-and-lists-keys", test_rotate_keys);
  ADD ("tells-why-keys-were-not-rotated", test_rotation_refused);
  ADD ("shared-secret-is-checked-and-used", test_shared_secret);
  ADD ("creates-a-client-and-tells-its-secret-once", test_create_client);
  ADD ("refuses-to-create-odd-clients", test_create_client_refused);
  ADD ("no-message-holds-a-secret", test_canary);
  return g_test_run ();
}
