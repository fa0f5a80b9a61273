/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bma-clock-dummy.h"
#include "bma-entropy-dummy.h"
#include "bma-upstream.h"

#define OWNER    "ann\ngrant-1"
#define ADAM     "adam\ngrant-2"
#define CALL(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"test/done\"}"

/* A supervisor of real servers, with a clock of ours. */
typedef struct
{
  BmaClockDummy *clock;
  BmaUpstream *upstream;
} Fixture;

static BmaConfig *
make_config (const char *arguments)
{
  BmaConfig *config = bma_config_new ();

  config->command = g_strdup_printf ("'%s'%s", g_getenv ("BMA_STDIO_SERVER"), arguments);
  return config;
}

static Fixture *
fixture_new (const char *arguments)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (BmaEntropyDummy) entropy = bma_entropy_dummy_new ();
  g_autoptr (BmaConfig) config = make_config (arguments);
  BmaUpstreamParts parts = { .entropy = BMA_ENTROPY (entropy),
                             .keeper = g_getenv ("BMA_KEEPER"),
                             .runtime_folder = "/nonexistent" };

  self->clock = bma_clock_dummy_new ();
  parts.clock = BMA_CLOCK (self->clock);
  self->upstream = bma_upstream_new (config, &parts);
  return self;
}

static void
fixture_free (Fixture *self)
{
  bma_upstream_stop (self->upstream, "the test is over");
  g_assert_finalize_object (self->upstream);
  g_assert_finalize_object (self->clock);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Somebody who waits for answers. */
typedef struct
{
  BmaStdioSink *sink; /* owned, nullable */
  GString *heard;     /* owned: a line for each message, answers marked */
  unsigned int n_heard;
  gboolean is_over;
} Waiter;

static void
on_message (const char *text, const BmaRpc *answer, gpointer data)
{
  Waiter *self = data;

  self->n_heard++;
  if (self->heard->len < 4096)
    g_string_append_printf (self->heard, "%s%s\n", answer != NULL ? "= " : "", text);
}

static void
on_ended (const char *reason, gpointer data)
{
  Waiter *self = data;

  self->is_over = TRUE;
  g_string_append_printf (self->heard, "! %s\n", reason != NULL ? reason : "");
  bma_stdio_sink_leave (g_steal_pointer (&self->sink), FALSE);
}

static const BmaStdioSinkFuncs waiter_funcs = { on_message, on_ended };

static void
waiter_clear (Waiter *self)
{
  if (self->sink != NULL)
    bma_stdio_sink_leave (self->sink, FALSE);
  g_string_free (self->heard, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Waiter, waiter_clear)

static GPtrArray *
parse (const char *text)
{
  const char *problem = NULL;
  GPtrArray *messages = bma_rpc_parse (text, strlen (text), 100000, &problem);

  g_assert_nonnull (messages);
  return messages;
}

static void
call (Waiter *self, BmaStdioSession *session, const char *text)
{
  g_autoptr (GPtrArray) messages = parse (text);

  self->heard = g_string_new (NULL);
  self->sink = bma_stdio_session_call (session, messages, TRUE, &waiter_funcs, self);
  g_assert_nonnull (self->sink);
}

static void
listen_to (Waiter *self, BmaStdioSession *session)
{
  self->heard = g_string_new (NULL);
  self->sink = bma_stdio_session_listen (session, &waiter_funcs, self);
  g_assert_nonnull (self->sink);
  bma_stdio_session_take_backlog (session, self->sink);
}

static void
await_heard (Waiter *self, unsigned int n)
{
  while (self->n_heard < n && !self->is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_heard, >=, n);
}

static void
await_over (Waiter *self)
{
  while (!self->is_over)
    g_main_context_iteration (NULL, TRUE);
}

static char *
ask (BmaStdioSession *session, const char *text)
{
  g_auto (Waiter) waiter = { NULL };

  call (&waiter, session, text);
  await_heard (&waiter, 1);
  return g_strdup (waiter.heard->str);
}

static BmaStdioSession *
open_session (Fixture *self, const char *owner)
{
  BmaStdioSession *session = bma_upstream_open_session (self->upstream, owner);

  g_assert_nonnull (session);
  return session;
}

static void
test_answers (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = NULL;
  g_auto (Waiter) first = { NULL };
  g_auto (Waiter) second = { NULL };

  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "stopped");
  session = open_session (fixture, OWNER);
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "starting");
  g_assert_cmpuint (strlen (bma_stdio_session_get_id (session)), >=, 32);
  g_assert_true (bma_upstream_find_session (fixture->upstream, bma_stdio_session_get_id (
                                                                   session)) == session);
  g_assert_null (bma_upstream_find_session (fixture->upstream, "0"));
  /* The same id twice at once. */
  call (&first, session, "{\"id\":\"a\",\"method\":\"initialize\"}");
  call (&second, session, "[" CALL ("\"a\"") "," CALL ("2") "]");
  await_heard (&second, 2);
  g_assert_cmpstr (first.heard->str, ==,
                   "= {\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{\"protocolVersion\":"
                   "\"2025-11-25\",\"capabilities\":{}}}\n");
  g_assert_cmpstr (second.heard->str, ==,
                   "= {\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{\"text\":\"done\"}}\n"
                   "= {\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"text\":\"done\"}}\n");
  g_assert_cmpuint (bma_stdio_sink_get_n_open (second.sink), ==, 0);
  g_assert_cmpstr (bma_stdio_session_get_version (session), ==, "2025-11-25");
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "running");
}

/* No answer comes to what was cancelled (MCP, cancellation). */
static void
test_cancelled (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = open_session (fixture, OWNER);
  g_auto (Waiter) last = { NULL };

  for (int i = 1; i <= 600; i++)
    {
      g_autofree char *request =
          g_strdup_printf ("{\"id\":%d,\"method\":\"test/silence\"}", i);
      g_autofree char *cancelled =
          g_strdup_printf ("{\"method\":\"notifications/cancelled\",\"params\":"
                           "{\"requestId\":%d}}",
                           i);
      g_autoptr (GPtrArray) messages = parse (cancelled);
      g_auto (Waiter) waiter = { NULL };

      call (&waiter, session, request);
      if (i % 2 == 0)
        bma_stdio_sink_leave (g_steal_pointer (&waiter.sink), FALSE);
      g_assert_true (bma_stdio_session_tell (session, messages));
    }
  call (&last, session, CALL ("0"));
  while (bma_stdio_sink_get_n_open (last.sink) > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_streams (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = open_session (fixture, OWNER);
  g_auto (Waiter) progress = { NULL };
  g_auto (Waiter) silent = { NULL };
  g_auto (Waiter) listener = { NULL };

  call (&silent, session, "{\"id\":1,\"method\":\"test/silence\"}");
  call (&progress, session,
        "{\"id\":2,\"method\":\"test/progress\",\"params\":{\"_meta\":{"
        "\"progressToken\":\"p\"}}}");
  await_heard (&progress, 2);
  g_assert_nonnull (strstr (progress.heard->str, "\"progressToken\":\"p\""));
  g_assert_nonnull (strstr (progress.heard->str, "= {\"jsonrpc\":\"2.0\",\"id\":2"));
  bma_stdio_sink_leave (g_steal_pointer (&progress.sink), FALSE);
  /* Cancelling finds the request by the client's id; the server then says so, which can
   * only be about the one open request. */
  {
    g_autoptr (GPtrArray)
        cancel = parse ("{\"method\":\"notifications/cancelled\",\"params\":{"
                        "\"requestId\":1}}");

    g_assert_true (bma_stdio_session_tell (session, cancel));
  }
  await_heard (&silent, 1);
  g_assert_nonnull (strstr (silent.heard->str, "cancelled 1"));
  bma_stdio_sink_leave (g_steal_pointer (&silent.sink), TRUE);
  /* Nobody is there: kept until somebody listens. Then it is said that the client left.
   */
  listen_to (&listener, session);
  await_heard (&listener, 1);
  g_assert_nonnull (strstr (listener.heard->str, "cancelled 1"));
}

/* Two clients of one owner, each with request 1 and progress token 1. */
static void
test_shared (void)
{
  static const char text[] =
      "{\"id\":1,\"method\":\"test/progress\",\"params\":{\"_meta\":{"
      "\"progressToken\":1}}}";
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = bma_upstream_share_session (fixture->upstream, OWNER);
  g_auto (Waiter) first = { NULL };
  g_auto (Waiter) second = { NULL };

  g_assert_true (bma_upstream_share_session (fixture->upstream, OWNER) == session);
  g_assert_true (bma_upstream_share_session (fixture->upstream, ADAM) != session);
  call (&first, session, text);
  call (&second, session, text);
  await_heard (&first, 2);
  await_heard (&second, 2);
  g_assert_cmpuint (first.n_heard, ==, 2);
  g_assert_cmpstr (first.heard->str, ==, second.heard->str);
  g_assert_nonnull (strstr (first.heard->str, "\"progressToken\":1,"));
}

static gboolean
exists (pid_t pid)
{
  return kill (pid, 0) == 0;
}

static pid_t
read_pid (const char *answer)
{
  const char *text = strstr (answer, "\"text\":\"");

  g_assert_nonnull (text);
  return (pid_t) g_ascii_strtoll (text + strlen ("\"text\":\""), NULL, 10);
}

static void
await_gone (pid_t pid)
{
  while (exists (pid))
    g_main_context_iteration (NULL, FALSE);
}

static void
test_nothing_left (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = open_session (fixture, OWNER);
  g_autofree char *own = ask (session, "{\"id\":1,\"method\":\"test/pid\"}");
  g_autofree char *other = ask (session, "{\"id\":2,\"method\":\"test/leave-behind\"}");
  pid_t server = read_pid (own);
  pid_t grandchild = read_pid (other);

  g_assert_true (exists (server) && exists (grandchild));
  /* Its standard input ends: it goes by itself, and what it left behind is killed. */
  bma_stdio_session_end (session, "enough");
  await_gone (server);
  await_gone (grandchild);
}

static void
test_killed (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = open_session (fixture, OWNER);
  g_autofree char *own = ask (session, "{\"id\":1,\"method\":\"test/pid\"}");
  g_auto (Waiter) waiter = { NULL };
  g_auto (Waiter) listener = { NULL };
  g_autofree char *id = g_strdup (bma_stdio_session_get_id (session));

  /* It has worked for a while, so that it may start again at once. */
  bma_clock_dummy_advance_s (fixture->clock, 10);
  call (&waiter, session, "{\"id\":2,\"method\":\"test/silence\"}");
  listen_to (&listener, session);
  kill (read_pid (own), SIGKILL);
  await_over (&waiter);
  g_assert_cmpstr (waiter.heard->str, ==,
                   "= {\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32000,"
                   "\"message\":\"the MCP server ended; initialize a new session\"}}\n"
                   "! it was ended by signal 9\n");
  g_assert_true (listener.is_over);
  g_assert_null (bma_upstream_find_session (fixture->upstream, id));
  g_assert_false (bma_upstream_is_busy (fixture->upstream));
  session = open_session (fixture, OWNER);
  g_free (ask (session, CALL ("1")));
}

static void
test_back_off (void)
{
  g_autoptr (Fixture) fixture = fixture_new (" crash");
  g_auto (Waiter) waiter = { NULL };

  call (&waiter, open_session (fixture, OWNER), CALL ("1"));
  await_over (&waiter);
  g_assert_true (g_str_has_suffix (waiter.heard->str,
                                   "! it ended with status 1: [31mno database [0m\n"));
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "failed");
  g_assert_cmpstr (bma_upstream_get_trouble (fixture->upstream), ==,
                   "it ended with status 1: [31mno database [0m");
  g_assert_cmpint (bma_upstream_get_wait_s (fixture->upstream), ==, 1);
  g_assert_null (bma_upstream_open_session (fixture->upstream, OWNER));
  bma_clock_dummy_advance_s (fixture->clock, 1);
  {
    g_auto (Waiter) again = { NULL };

    call (&again, open_session (fixture, OWNER), CALL ("1"));
    await_over (&again);
  }
  g_assert_cmpint (bma_upstream_get_wait_s (fixture->upstream), ==, 2);
  /* Another command is tried at once. */
  {
    g_autoptr (BmaConfig) config = make_config ("");

    bma_upstream_set_config (fixture->upstream, config);
  }
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "stopped");
  g_free (ask (open_session (fixture, OWNER), CALL ("1")));
}

static void
test_missing (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("-that-is-not-there");

  g_assert_null (bma_upstream_open_session (fixture->upstream, OWNER));
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "failed");
  g_assert_true (g_str_has_prefix (bma_upstream_get_trouble (fixture->upstream),
                                   "there is no program "));
  g_assert_cmpint (bma_upstream_get_wait_s (fixture->upstream), ==, 1);
}

static void
test_idle (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = open_session (fixture, OWNER);
  g_auto (Waiter) waiter = { NULL };

  g_free (ask (session, CALL ("1")));
  bma_clock_dummy_advance_s (fixture->clock, 299);
  bma_upstream_check (fixture->upstream);
  g_assert_true (bma_upstream_is_busy (fixture->upstream));
  /* Not while somebody listens, and from then on anew. */
  listen_to (&waiter, session);
  bma_clock_dummy_advance_s (fixture->clock, 1000);
  bma_upstream_check (fixture->upstream);
  bma_stdio_sink_leave (g_steal_pointer (&waiter.sink), FALSE);
  bma_clock_dummy_advance_s (fixture->clock, 299);
  bma_upstream_check (fixture->upstream);
  g_assert_true (bma_upstream_is_busy (fixture->upstream));
  bma_clock_dummy_advance_s (fixture->clock, 1);
  bma_upstream_check (fixture->upstream);
  g_assert_false (bma_upstream_is_busy (fixture->upstream));
  g_assert_cmpstr (bma_upstream_get_state (fixture->upstream), ==, "stopped");
}

static gboolean
is_adam (const char *owner, gpointer data)
{
  return strcmp (owner, ADAM) == 0;
}

static void
test_owners (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *adams = open_session (fixture, ADAM);

  /* More than one may have: the one that was not used for longest goes. */
  for (unsigned int i = 0; i < 20; i++)
    {
      bma_clock_dummy_advance_s (fixture->clock, 1);
      open_session (fixture, OWNER);
    }
  g_assert_false (bma_stdio_session_has_ended (adams));
  bma_upstream_end_foreign_sessions (fixture->upstream, is_adam, NULL);
  g_assert_false (bma_stdio_session_has_ended (adams));
  bma_stdio_session_end (adams, "enough");
  g_assert_false (bma_upstream_is_busy (fixture->upstream));
}

/* Whoever opens and ends sessions all the time does not have ever more servers. */
static void
test_servers (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = NULL;
  unsigned int n = 0;

  while (n < 100 &&
         (session = bma_upstream_open_session (fixture->upstream, OWNER)) != NULL)
    {
      bma_stdio_session_end (session, "enough");
      n++;
    }
  g_assert_cmpuint (n, >=, 16);
  g_assert_cmpuint (n, <=, 32);
  open_session (fixture, ADAM);
  while (bma_upstream_open_session (fixture->upstream, OWNER) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_flood (void)
{
  g_autoptr (Fixture) fixture = fixture_new (" flood");
  g_autofree char *answer = ask (open_session (fixture, OWNER), CALL ("1"));

  g_assert_true (g_str_has_prefix (answer, "= "));
}

/* What does not read does not make us keep everything for it; nor does it stay. */
static void
test_deaf (void)
{
  g_autoptr (Fixture) fixture = fixture_new (" deaf");
  BmaStdioSession *session = open_session (fixture, OWNER);
  g_autofree char *filler = g_strnfill (90000, 'x');
  g_autofree char *text =
      g_strdup_printf ("{\"method\":\"notifications/x\",\"params\":{\"x\":\"%s\"}}",
                       filler);
  g_autoptr (GPtrArray) messages = parse (text);
  unsigned int n_told = 0;

  while (bma_stdio_session_tell (session, messages))
    n_told++;
  g_assert_cmpuint (n_told, >, 10);
  g_assert_cmpuint (n_told, <, 200);
}

/* While a stream is full nothing more is read, so that the server has to wait. */
static void
test_full (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  BmaStdioSession *session = open_session (fixture, OWNER);
  g_auto (Waiter) waiter = { NULL };
  unsigned int n_before = 0;

  call (&waiter, session, "{\"id\":1,\"method\":\"test/many\"}");
  await_heard (&waiter, 1);
  bma_stdio_sink_set_full (waiter.sink, TRUE);
  n_before = waiter.n_heard;
  for (unsigned int i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (waiter.n_heard, ==, n_before);
  g_assert_cmpuint (n_before, <, 20000);
  bma_stdio_sink_set_full (waiter.sink, FALSE);
  await_heard (&waiter, 20001);
}

static void
test_environment (void)
{
  g_autoptr (Fixture) fixture = fixture_new ("");
  g_autofree char *answer = NULL;

  g_setenv ("CREDENTIALS_DIRECTORY", "/run/credentials/x", TRUE);
  answer =
      ask (open_session (fixture, OWNER), "{\"id\":1,\"method\":\"test/environment\"}");
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  g_assert_nonnull (strstr (answer, "\"BMA_KEEPER\""));
  g_assert_null (strstr (answer, "CREDENTIALS_DIRECTORY"));
}

static void
on_ended_too (const char *reason, gpointer data)
{
  Waiter *self = data;
  g_autoptr (BmaStdioSession)
      session = g_object_ref (bma_stdio_sink_get_session (self->sink));

  on_ended (reason, data);
  bma_stdio_session_end (session, "it was the last");
}

/* Nobody listens to a session that is over. */
static void
test_replaced (void)
{
  static const BmaStdioSinkFuncs last_funcs = { on_message, on_ended_too };
  g_autoptr (Fixture) fixture = fixture_new ("");
  g_autoptr (BmaStdioSession) session = g_object_ref (open_session (fixture, OWNER));
  g_auto (Waiter) last = { .heard = g_string_new (NULL) };
  g_auto (Waiter) next = { .heard = g_string_new (NULL) };

  last.sink = bma_stdio_session_listen (session, &last_funcs, &last);
  g_assert_nonnull (last.sink);
  next.sink = bma_stdio_session_listen (session, &waiter_funcs, &next);
  g_assert_null (next.sink);
  g_assert_true (last.is_over);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upstream/sessions/answers-find-their-requests", test_answers);
  g_test_add_func ("/upstream/sessions/what-is-cancelled-needs-no-answer",
                   test_cancelled);
  g_test_add_func ("/upstream/sessions/other-messages-find-their-streams", test_streams);
  g_test_add_func ("/upstream/sessions/clients-that-share-a-server-are-kept-apart",
                   test_shared);
  g_test_add_func ("/upstream/sessions/nothing-is-left-behind", test_nothing_left);
  g_test_add_func ("/upstream/sessions/a-killed-server-ends-its-session", test_killed);
  g_test_add_func ("/upstream/sessions/starts-that-fail-wait-longer", test_back_off);
  g_test_add_func ("/upstream/sessions/a-missing-program", test_missing);
  g_test_add_func ("/upstream/sessions/idle-ones-end", test_idle);
  g_test_add_func ("/upstream/sessions/a-replaced-listener-was-the-last", test_replaced);
  g_test_add_func ("/upstream/sessions/owners-have-so-many", test_owners);
  g_test_add_func ("/upstream/sessions/owners-have-so-many-servers", test_servers);
  g_test_add_func ("/upstream/sessions/complaints-without-end", test_flood);
  g_test_add_func ("/upstream/sessions/a-server-that-does-not-read", test_deaf);
  g_test_add_func ("/upstream/sessions/a-full-stream-makes-the-server-wait", test_full);
  g_test_add_func ("/upstream/sessions/servers-do-not-get-our-credentials",
                   test_environment);
  return g_test_run ();
}
