/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-record.h"

#include <string.h>

#include "bma-client.h"
#include "bma-dbus-generated.h"
#include "bma-dbus-token.h"
#include "bma-grant.h"
#include "bma-subject.h"

typedef enum
{
  TEXT,      /* s */
  TEXTS,     /* as */
  NUMBER,    /* x */
  COUNT,     /* t */
  CLIENT_ID, /* s: of the client itself */
  SUBJECT,   /* s: the sub of the person whose record id it holds */
} Form;

typedef struct
{
  const char *name;
  Form form;
  size_t offset;
} Property;

#define GRANT(name, form, member)                                                        \
  {                                                                                      \
    name, form, G_STRUCT_OFFSET (BmaGrant, member)                                       \
  }
#define CLIENT(name, form, member)                                                       \
  {                                                                                      \
    name, form, G_STRUCT_OFFSET (BmaClient, member)                                      \
  }

static const Property grant_properties[] = {
  GRANT ("Kind", TEXT, kind),
  GRANT ("AppId", TEXT, app_id),
  GRANT ("Trust", TEXT, trust),
  GRANT ("ClientId", TEXT, client_id),
  GRANT ("Subject", SUBJECT, subject_id),
  GRANT ("Scopes", TEXTS, scopes),
  GRANT ("Resource", TEXT, resource),
  GRANT ("Decision", TEXT, decision),
  GRANT ("CreatedAt", NUMBER, created_at_s),
  GRANT ("LastUsedAt", NUMBER, last_used_at_s),
  GRANT ("Uses", COUNT, n_uses),
  { NULL },
};

static const Property client_properties[] = {
  { "ClientId", CLIENT_ID, 0 },
  CLIENT ("Name", TEXT, name),
  CLIENT ("RedirectUris", TEXTS, redirect_uris),
  CLIENT ("Origin", TEXT, origin),
  CLIENT ("CreatedAt", NUMBER, created_at_s),
  CLIENT ("LastUsedAt", NUMBER, last_used_at_s),
  { NULL },
};

const BmaDbusRecordKind bma_dbus_record_kinds[] = {
  { &bma_grant_type, BMA_DBUS_GRANT_FOLDER },
  { &bma_client_type, BMA_DBUS_CLIENT_FOLDER },
};

static const Property *
get_properties (gconstpointer record)
{
  const BmaRecord *head = record;

  return head->type == &bma_grant_type ? grant_properties : client_properties;
}

/**
 * bma_dbus_record_find_kind:
 * @path: an object path, or the folder of such objects
 *
 * Returns: (nullable): what lives there
 */
const BmaDbusRecordKind *
bma_dbus_record_find_kind (const char *path)
{
  for (size_t i = 0; i < BMA_DBUS_N_RECORD_KINDS; i++)
    {
      size_t length = strlen (bma_dbus_record_kinds[i].folder);

      if (strncmp (path, bma_dbus_record_kinds[i].folder, length) == 0 &&
          (path[length] == '/' || path[length] == '\0'))
        return &bma_dbus_record_kinds[i];
    }
  return NULL;
}

/**
 * bma_dbus_record_get_info:
 * @kind: a kind of record
 *
 * Returns: (transfer none): the interface of its objects
 */
GDBusInterfaceInfo *
bma_dbus_record_get_info (const BmaDbusRecordKind *kind)
{
  return kind->type == &bma_grant_type ? bma_dbus_grant1_interface_info ()
                                       : bma_dbus_client1_interface_info ();
}

/**
 * bma_dbus_record_lookup:
 * @store: records
 * @path: an object path
 *
 * Returns: (transfer none) (nullable): the record
 */
gconstpointer
bma_dbus_record_lookup (BmaStore *store, const char *path)
{
  const BmaDbusRecordKind *kind = bma_dbus_record_find_kind (path);

  if (kind == NULL || path[strlen (kind->folder)] != '/')
    return NULL;
  return bma_store_lookup (store, kind->type, path + strlen (kind->folder) + 1);
}

/**
 * bma_dbus_record_make_path:
 * @record: a grant or a client
 *
 * Returns: (transfer full) (nullable): where it is on the bus; %NULL for other records
 */
char *
bma_dbus_record_make_path (gconstpointer record)
{
  const BmaRecord *head = record;

  for (size_t i = 0; i < BMA_DBUS_N_RECORD_KINDS; i++)
    if (bma_dbus_record_kinds[i].type == head->type)
      return g_strconcat (bma_dbus_record_kinds[i].folder, "/", head->id, NULL);
  return NULL;
}

static GVariant *
make_text (const char *text)
{
  return g_variant_new_string (text != NULL ? text : "");
}

static GVariant *
make_value (BmaStore *store, gconstpointer record, const Property *property)
{
  static const char *const none[] = { NULL };
  gconstpointer place = G_STRUCT_MEMBER_P (record, property->offset);
  const char *const *texts = NULL;
  const BmaSubject *subject = NULL;

  switch (property->form)
    {
    case TEXT:
      return make_text (*(char *const *) place);
    case TEXTS:
      texts = *(const char *const *const *) place;
      return g_variant_new_strv (texts != NULL ? texts : none, -1);
    case NUMBER:
      return g_variant_new_int64 (*(const int64_t *) place);
    case COUNT:
      return g_variant_new_uint64 ((uint64_t) MAX (*(const int64_t *) place, 0));
    case CLIENT_ID:
      return make_text (bma_client_get_id (record));
    case SUBJECT:
      subject = bma_store_lookup (store, &bma_subject_type, *(char *const *) place);
      return make_text (subject != NULL ? subject->sub : NULL);
    }
  g_assert_not_reached ();
}

/**
 * bma_dbus_record_get_property:
 * @store: where it is from
 * @record: a grant or a client
 * @name: of a property
 *
 * Returns: (transfer floating) (nullable): its value; %NULL if there is no such property
 */
GVariant *
bma_dbus_record_get_property (BmaStore *store, gconstpointer record, const char *name)
{
  for (const Property *at = get_properties (record); at->name != NULL; at++)
    if (strcmp (at->name, name) == 0)
      return make_value (store, record, at);
  return NULL;
}

/**
 * bma_dbus_record_get_all:
 * @store: where it is from
 * @record: a grant or a client
 *
 * Returns: (transfer floating): a{sv} of all properties
 */
GVariant *
bma_dbus_record_get_all (BmaStore *store, gconstpointer record)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (const Property *at = get_properties (record); at->name != NULL; at++)
    g_variant_dict_insert_value (&dict, at->name, make_value (store, record, at));
  return g_variant_dict_end (&dict);
}
