/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-driver.h"

#include <glib/gstdio.h>
#include <string.h>

static void
write_secret (Sim *self, const char *secret)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("stytch-sim-XXXXXX", &error);
  g_assert_no_error (error);
  self->secret_path = g_build_filename (self->folder, "secret", NULL);
  g_file_set_contents_full (self->secret_path, secret, -1, G_FILE_SET_CONTENTS_NONE, 0600,
                            &error);
  g_assert_no_error (error);
}

void
sim_start (Sim *self,
           const char *program,
           const char *project_id,
           const char *public_token,
           const char *secret)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;

  write_secret (self, secret);
  self->process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                        &error, program, "--until-stdin-closes", "--project-id",
                        project_id, "--public-token", public_token, "--secret-file",
                        self->secret_path, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (line != NULL && g_str_has_prefix (line, "listening http://127.0.0.1:"));
  self->origin = g_strdup (line + strlen ("listening "));
  self->browser = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  soup_session_add_feature_by_type (self->browser, SOUP_TYPE_COOKIE_JAR);
}

void
sim_stop (Sim *self)
{
  g_autoptr (GError) error = NULL;

  soup_session_abort (self->browser);
  g_object_unref (self->browser);
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait_check (self->process, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (self->process);
  g_assert_cmpint (g_unlink (self->secret_path), ==, 0);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->secret_path);
  g_free (self->folder);
  g_free (self->origin);
}

/* One step of the browser. Returns where the answer leads, or NULL when it is a page. */
static char *
visit (
    Sim *self, const char *uri, const char *type, const char *text, unsigned int *status)
{
  g_autoptr (SoupMessage) message = soup_message_new (text != NULL ? "POST" : "GET", uri);
  g_autoptr (GBytes) body = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, type, body);
  answer = soup_session_send_and_read (self->browser, message, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (message);
  return g_strdup (
      soup_message_headers_get_one (soup_message_get_response_headers (message),
                                    "Location"));
}

void
sim_switch (Sim *self, const char *name, const char *json)
{
  g_autofree char *uri = g_strconcat (self->origin, "/sim/", name, NULL);
  g_autofree char *location = NULL;
  unsigned int status = 0;

  location = visit (self, uri, "application/json", json, &status);
  g_assert_cmpuint (status, ==, 200);
}

/* The next exchange goes wrong in this way. */
void
sim_fault (Sim *self, const char *name)
{
  g_autofree char *json = g_strdup_printf (
      "{\"path\":\"/v1/oauth/authenticate\",\"fault\":\"%s\",\"times\":1}", name);

  sim_switch (self, "faults", json);
}

/* Goes from the login URI to the callback. Returns the query of the callback. */
char *
sim_sign_in (Sim *self, const char *login_uri, const char *action)
{
  g_autofree char *form_uri = g_strconcat (self->origin, "/sim/provider", NULL);
  g_autofree char *page = NULL;
  g_autofree char *decided = NULL;
  g_autofree char *back = NULL;
  g_autofree char *form = NULL;
  g_autoptr (GUri) parsed = NULL;
  g_autoptr (GHashTable) query = NULL;
  unsigned int status = 0;

  page = visit (self, login_uri, NULL, NULL, &status);
  g_assert_cmpuint (status, ==, 302);
  parsed = g_uri_parse (page, G_URI_FLAGS_ENCODED, NULL);
  query = soup_form_decode (g_uri_get_query (parsed));
  form = soup_form_encode ("state", g_hash_table_lookup (query, "state"), "user", "alice",
                           "action", action, NULL);
  decided = visit (self, form_uri, SOUP_FORM_MIME_TYPE_URLENCODED, form, &status);
  g_assert_cmpuint (status, ==, 302);
  back = visit (self, decided, NULL, NULL, &status);
  g_assert_cmpuint (status, ==, 302);
  g_assert_true (g_str_has_prefix (back, "http://127.0.0.1:8417/callback?tx="));
  return g_strdup (strchr (back, '?') + 1);
}
