/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-reactor.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Descriptors and deferred watches handled in one turn of the main loop, so that a busy
 * front leaves room for the bus and the store. */
#define MAX_EVENTS   64
#define MAX_DEFERRED 256

/* Deadlines are looked at no more often than this. */
#define MIN_TICK_US 20000

struct _BmaHttpReactor
{
  GSource *source; /* (owned): ReactorSource */
  int epoll_fd;    /* (owned) */
  GQueue deferred; /* of BmaHttpWatch (unowned), linked through BmaHttpWatch.link */
  int64_t next_tick_us;
  gboolean is_dispatching;
  BmaHttpReactorTickFunc tick;
  gpointer user_data; /* (unowned): for tick */
};

typedef struct
{
  GSource source;
  BmaHttpReactor *reactor; /* (unowned): outlives the source */
} ReactorSource;

static gboolean
reactor_prepare (GSource *source, int *timeout_ms)
{
  *timeout_ms = -1;
  return ((ReactorSource *) source)->reactor->deferred.length > 0;
}

static void
handle_events (BmaHttpReactor *self)
{
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->epoll_fd, events, MAX_EVENTS, 0);

  /* Handling one may drop another one of the same batch. */
  for (int i = 0; i < n; i++)
    {
      BmaHttpWatch *watch = events[i].data.ptr;

      watch->funcs->ref (watch);
    }
  for (int i = 0; i < n; i++)
    {
      BmaHttpWatch *watch = events[i].data.ptr;

      if (watch->reactor != NULL)
        watch->funcs->ready (watch, events[i].events);
      watch->funcs->unref (watch);
    }
}

static void
handle_deferred (BmaHttpReactor *self)
{
  /* Those deferred again meanwhile wait for the next turn. */
  unsigned n = MIN (self->deferred.length, MAX_DEFERRED);

  while (n-- > 0 && self->deferred.length > 0)
    {
      BmaHttpWatch *watch = g_queue_pop_head_link (&self->deferred)->data;

      watch->is_deferred = FALSE;
      watch->funcs->ref (watch);
      watch->funcs->ready (watch, 0);
      watch->funcs->unref (watch);
    }
}

static gboolean
reactor_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  BmaHttpReactor *self = ((ReactorSource *) source)->reactor;
  int64_t now_us = g_source_get_time (source);

  if (self->is_dispatching)
    return G_SOURCE_CONTINUE;
  self->is_dispatching = TRUE;
  if (self->next_tick_us != 0 && now_us >= self->next_tick_us)
    {
      self->next_tick_us = 0;
      g_source_set_ready_time (source, -1);
      self->tick (self->user_data, now_us);
    }
  handle_events (self);
  handle_deferred (self);
  self->is_dispatching = FALSE;

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs reactor_funcs = {
  .prepare = reactor_prepare,
  .dispatch = reactor_dispatch,
};

/**
 * bma_http_reactor_new:
 * @tick: called when a time asked for with bma_http_reactor_wake_by() has come
 * @user_data: for @tick
 *
 * Creates a set of watched descriptors in the thread's default main context.
 *
 * All of them share one epoll descriptor: thousands of idle connections cost the main
 * loop's poll(2) nothing.
 *
 * Errors: G_IO_ERROR, if there is no descriptor left.
 *
 * Returns: (transfer full) (nullable): the reactor
 */
BmaHttpReactor *
bma_http_reactor_new (BmaHttpReactorTickFunc tick, gpointer user_data, GError **error)
{
  BmaHttpReactor *self;
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);

  if (epoll_fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   "Cannot watch connections: %s", g_strerror (errno));
      return NULL;
    }

  self = g_new0 (BmaHttpReactor, 1);
  self->epoll_fd = epoll_fd;
  self->tick = tick;
  self->user_data = user_data;
  g_queue_init (&self->deferred);
  self->source = g_source_new (&reactor_funcs, sizeof (ReactorSource));
  ((ReactorSource *) self->source)->reactor = self;
  g_source_set_name (self->source, "BmaHttpReactor");
  /* Else GLib takes the descriptor out of its set and wakes itself up, twice a turn. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_add_unix_fd (self->source, epoll_fd, G_IO_IN);
  g_source_attach (self->source, g_main_context_get_thread_default ());

  return self;
}

/**
 * bma_http_reactor_free:
 * @self: (transfer full): the reactor; every watch was removed before
 *
 * Frees the reactor.
 */
void
bma_http_reactor_free (BmaHttpReactor *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->epoll_fd);
  g_free (self);
}

/**
 * bma_http_reactor_add:
 * @self: the reactor
 * @watch: (transfer none): what to call
 * @funcs: (transfer none): how; static
 * @fd: the descriptor
 * @events: EPOLLIN and so on
 *
 * Watches a descriptor.
 *
 * Returns: whether the kernel could
 */
gboolean
bma_http_reactor_add (BmaHttpReactor *self,
                      BmaHttpWatch *watch,
                      const BmaHttpWatchFuncs *funcs,
                      int fd,
                      unsigned events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  g_assert (watch->reactor == NULL);
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    return FALSE;

  *watch = (BmaHttpWatch){ .reactor = self, .funcs = funcs, .fd = fd };
  watch->link.data = watch;
  return TRUE;
}

/**
 * bma_http_reactor_modify:
 * @self: the reactor
 * @watch: a watch in it
 * @events: EPOLLIN and so on, 0 for none
 *
 * Changes what a watch waits for.
 */
void
bma_http_reactor_modify (BmaHttpReactor *self, BmaHttpWatch *watch, unsigned events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  g_assert (watch->reactor == self);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

/**
 * bma_http_reactor_remove:
 * @self: the reactor
 * @watch: a watch in it, whose descriptor is still open
 *
 * Stops watching; nothing of @watch is called any more.
 */
void
bma_http_reactor_remove (BmaHttpReactor *self, BmaHttpWatch *watch)
{
  g_assert (watch->reactor == self);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  if (watch->is_deferred)
    g_queue_unlink (&self->deferred, &watch->link);
  watch->is_deferred = FALSE;
  watch->reactor = NULL;
}

/**
 * bma_http_reactor_defer:
 * @self: the reactor
 * @watch: a watch in it
 *
 * Has @watch called from the main loop soon, outside of whatever is running now.
 */
void
bma_http_reactor_defer (BmaHttpReactor *self, BmaHttpWatch *watch)
{
  if (watch->is_deferred || watch->reactor == NULL)
    return;
  watch->is_deferred = TRUE;
  g_queue_push_tail_link (&self->deferred, &watch->link);
}

/**
 * bma_http_reactor_wake_by:
 * @self: the reactor
 * @at_us: monotonic time, microseconds
 *
 * Has the tick function called at @at_us or soon after, unless it is due earlier anyway.
 */
void
bma_http_reactor_wake_by (BmaHttpReactor *self, int64_t at_us)
{
  if (self->next_tick_us != 0 && self->next_tick_us <= at_us)
    return;
  self->next_tick_us = MAX (at_us, g_get_monotonic_time () + MIN_TICK_US);
  g_source_set_ready_time (self->source, self->next_tick_us);
}
