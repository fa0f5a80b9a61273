/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BmaCliObject:
 * @id: last part of its path
 * @properties: a{sv}
 *
 * One object of the service.
 */
typedef struct
{
  char *id;             /* owned */
  GVariant *properties; /* owned */
} BmaCliObject;

GVariant *bma_cli_objects_fetch (GDBusConnection *bus,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *bma_cli_objects_filter (GVariant *managed,
                                   const char *interface) G_GNUC_WARN_UNUSED_RESULT;
GVariant *bma_cli_objects_to_json (GPtrArray *objects) G_GNUC_WARN_UNUSED_RESULT;

const char *bma_cli_object_get_text (const BmaCliObject *self, const char *name);
char *bma_cli_object_get_time (const BmaCliObject *self,
                               const char *name) G_GNUC_WARN_UNUSED_RESULT;
char *bma_cli_object_get_list (const BmaCliObject *self,
                               const char *name) G_GNUC_WARN_UNUSED_RESULT;

char *bma_cli_objects_make_path (const char *kind,
                                 const char *id) G_GNUC_WARN_UNUSED_RESULT;
gboolean bma_cli_objects_call (GDBusConnection *bus,
                               const char *kind,
                               const char *id,
                               const char *method,
                               GError **error);

G_END_DECLS
