/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* fill-store FOLDER N: puts N grants of other programs into a store. */

#include <stdlib.h>

#include "bma-clock-system.h"
#include "bma-grant.h"
#include "bma-store-keyfile.h"

static BmaGrant *
make_grant (unsigned int i)
{
  g_autofree char *holder = g_strdup_printf ("app%u.service", i);
  g_autofree char *id =
      bma_grant_make_id (BMA_GRANT_KIND_DBUS_APP, holder, "somebody", "resource");
  BmaGrant *grant = bma_record_new (&bma_grant_type, id);

  grant->kind = g_strdup (BMA_GRANT_KIND_DBUS_APP);
  grant->app_id = g_steal_pointer (&holder);
  grant->trust = g_strdup ("unit");
  grant->subject_id = g_strdup ("somebody");
  grant->resource = g_strdup ("resource");
  grant->scopes = g_strsplit ("mcp", " ", -1);
  grant->decision = g_strdup (BMA_DECISION_ALWAYS);
  return grant;
}

int
main (int argc, char **argv)
{
  g_autoptr (BmaClock) clock = bma_clock_system_new ();
  g_autoptr (BmaStoreKeyfile) store = NULL;
  g_autoptr (BmaChange) change = bma_change_new ();
  g_autoptr (GError) error = NULL;

  if (argc != 3)
    return 64;
  store = bma_store_keyfile_new (argv[1], clock, &error);
  for (unsigned int i = 0; store != NULL && i < strtoul (argv[2], NULL, 10); i++)
    bma_change_put_take (change, make_grant (i));
  if (store != NULL)
    bma_store_apply_lazily (BMA_STORE (store), change);
  if (store == NULL || !bma_store_keyfile_flush (store, &error))
    {
      g_printerr ("fill-store: %s\n", error->message);
      return 1;
    }
  return 0;
}
