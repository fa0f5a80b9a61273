/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct _BmaHttpReactor BmaHttpReactor;
typedef struct _BmaHttpWatch BmaHttpWatch;

/**
 * BmaHttpWatchFuncs:
 * @ready: the descriptor has @events (EPOLLIN and so on), or, with 0, the turn asked for
 *   with bma_http_reactor_defer() has come
 * @ref: keeps the watch alive while its events are handled
 * @unref: the opposite
 *
 * What a watch does.
 */
typedef struct
{
  void (*ready) (BmaHttpWatch *watch, unsigned events);
  void (*ref) (BmaHttpWatch *watch);
  void (*unref) (BmaHttpWatch *watch);
} BmaHttpWatchFuncs;

/**
 * BmaHttpWatch:
 *
 * One descriptor in a reactor; embedded as the first member of its owner. Members are
 * private.
 */
struct _BmaHttpWatch
{
  BmaHttpReactor *reactor;        /* (unowned) (nullable): set while added */
  const BmaHttpWatchFuncs *funcs; /* (unowned) */
  int fd;                         /* the owner's, not closed here */
  gboolean is_deferred;
  GList link; /* in the reactor's queue while deferred */
};

typedef void (*BmaHttpReactorTickFunc) (gpointer user_data, int64_t now_us);

BmaHttpReactor *bma_http_reactor_new (BmaHttpReactorTickFunc tick,
                                      gpointer user_data,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_reactor_free (BmaHttpReactor *self);
gboolean bma_http_reactor_add (BmaHttpReactor *self,
                               BmaHttpWatch *watch,
                               const BmaHttpWatchFuncs *funcs,
                               int fd,
                               unsigned events) G_GNUC_WARN_UNUSED_RESULT;
void bma_http_reactor_modify (BmaHttpReactor *self, BmaHttpWatch *watch, unsigned events);
void bma_http_reactor_remove (BmaHttpReactor *self, BmaHttpWatch *watch);
void bma_http_reactor_defer (BmaHttpReactor *self, BmaHttpWatch *watch);
void bma_http_reactor_wake_by (BmaHttpReactor *self, int64_t at_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaHttpReactor, bma_http_reactor_free)

G_END_DECLS
