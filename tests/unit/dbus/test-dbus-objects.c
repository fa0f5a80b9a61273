/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "dbus-fixture.h"

#include <string.h>

#define MANAGER    "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define INTROSPECT "org.freedesktop.DBus.Introspectable"

static GVariant *
list_objects (Fixture *f, Caller *caller)
{
  g_autoptr (GVariant)
      reply = caller_ok (caller, f, ROOT, MANAGER, "GetManagedObjects", NULL);

  return g_variant_get_child_value (reply, 0);
}

static gboolean
has_object (GVariant *objects, const char *path)
{
  GVariantIter iter;
  const char *at = NULL;

  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_next (&iter, "{&o@a{sa{sv}}}", &at, NULL))
    if (g_str_equal (at, path))
      return TRUE;
  return FALSE;
}

static void
test_everybody_sees_their_own (Fixture *f, gconstpointer setup)
{
  g_autofree char *app = fixture_allow (f, &f->app, "always");
  g_autofree char *other = fixture_allow (f, &f->other, "always");
  g_autofree char *client = fixture_add_client (f);
  g_autoptr (GVariant) for_app = list_objects (f, &f->app);
  g_autoptr (GVariant) for_other = list_objects (f, &f->other);
  g_autoptr (GVariant) for_host = list_objects (f, &f->host);

  g_assert_cmpuint (g_variant_n_children (for_app), ==, 1);
  g_assert_true (has_object (for_app, app));
  g_assert_cmpuint (g_variant_n_children (for_other), ==, 1);
  g_assert_true (has_object (for_other, other));
  g_assert_cmpuint (g_variant_n_children (for_host), ==, 3);
  g_assert_true (has_object (for_host, client));
}

static char *
get_property (
    Fixture *f, Caller *caller, const char *path, const char *interface, const char *name)
{
  g_autoptr (GVariant) reply = caller_ok (caller, f, path, PROPERTIES, "Get",
                                          g_variant_new ("(ss)", interface, name));
  g_autoptr (GVariant) value = NULL;

  g_variant_get (reply, "(v)", &value);
  return g_variant_print (value, FALSE);
}

static void
test_properties (Fixture *f, gconstpointer setup)
{
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autofree char *client = fixture_add_client (f);
  g_autofree char *app_id = get_property (f, &f->app, grant, GRANT, "AppId");
  g_autofree char *trust = get_property (f, &f->app, grant, GRANT, "Trust");
  g_autofree char *kind = get_property (f, &f->app, grant, GRANT, "Kind");
  g_autofree char *decision = get_property (f, &f->app, grant, GRANT, "Decision");
  g_autofree char *scopes = get_property (f, &f->app, grant, GRANT, "Scopes");
  g_autofree char *uses = get_property (f, &f->app, grant, GRANT, "Uses");
  g_autofree char *client_id = get_property (f, &f->app, grant, GRANT, "ClientId");
  g_autofree char *subject = get_property (f, &f->app, grant, GRANT, "Subject");
  g_autofree char *name = get_property (f, &f->host, client, CLIENT, "Name");
  g_autofree char *id = get_property (f, &f->host, client, CLIENT, "ClientId");
  g_autoptr (GVariant) all =
      caller_ok (&f->app, f, grant, PROPERTIES, "GetAll", g_variant_new ("(s)", GRANT));
  g_autoptr (GVariant) dict = g_variant_get_child_value (all, 0);

  g_assert_cmpstr (app_id, ==, "'org.example.App'");
  g_assert_cmpstr (trust, ==, "'sandbox'");
  g_assert_cmpstr (kind, ==, "'dbus-app'");
  g_assert_cmpstr (decision, ==, "'always'");
  g_assert_cmpstr (scopes, ==, "['mcp']");
  g_assert_cmpstr (uses, ==, "1");
  g_assert_cmpstr (client_id, ==, "''");
  g_assert_true (g_str_has_prefix (subject, "'local:"));
  g_assert_cmpstr (name, ==, "'Coffee'");
  g_assert_cmpstr (id, ==, "'c0ffee'");
  g_assert_cmpuint (g_variant_n_children (dict), ==, 11);
}

/* What a caller gets at a path, as text: errors without the path in them. */
static char *
probe (Fixture *f,
       Caller *caller,
       const char *path,
       const char *interface,
       const char *method,
       GVariant *arguments)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  char *name = NULL;
  g_autoptr (GVariant)
      reply = caller_call (caller, f, path, interface, method, owned, NULL, NULL, &name);

  return reply != NULL ? g_variant_print (reply, FALSE) : name;
}

static void
expect_alike (Fixture *f, const char *there, const char *missing, const char *interface)
{
  static const char *const methods[] = { "Get",    "GetAll", "Introspect",
                                         "Revoke", "Remove", "Set" };

  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GVariant) arguments = NULL;
      const char *on = interface;
      g_autofree char *a = NULL;
      g_autofree char *b = NULL;

      if (g_str_equal (methods[i], "Introspect"))
        on = INTROSPECT;
      if (methods[i][1] == 'e' && methods[i][2] == 't')
        on = PROPERTIES;
      if (g_str_equal (methods[i], "Get"))
        arguments = g_variant_new ("(ss)", interface, "ClientId");
      if (g_str_equal (methods[i], "GetAll"))
        arguments = g_variant_new ("(s)", interface);
      if (g_str_equal (methods[i], "Set"))
        arguments =
            g_variant_new ("(ssv)", interface, "ClientId", g_variant_new_string ("x"));
      if (arguments != NULL)
        g_variant_ref_sink (arguments);
      a = probe (f, &f->app, there, on, methods[i], arguments);
      b = probe (f, &f->app, missing, on, methods[i], arguments);
      g_assert_cmpstr (a, ==, b);
      g_assert_null (strstr (a, GRANT));
      g_assert_null (strstr (a, CLIENT));
    }
}

static void
test_others_do_not_exist (Fixture *f, gconstpointer setup)
{
  g_autofree char *own = fixture_allow (f, &f->app, "always");
  g_autofree char *other = fixture_allow (f, &f->other, "always");
  g_autofree char *client = fixture_add_client (f);
  g_autofree char *folder = NULL;

  expect_alike (f, other, ROOT "/grant/00ff", GRANT);
  expect_alike (f, client, ROOT "/client/00ff", CLIENT);
  folder = probe (f, &f->app, ROOT "/grant", INTROSPECT, "Introspect", NULL);
  g_assert_nonnull (strstr (folder, strrchr (own, '/') + 1));
  g_assert_null (strstr (folder, strrchr (other, '/') + 1));
}

static void
test_unknown_callers_cannot_tell (Fixture *f, gconstpointer setup)
{
  g_autofree char *other = fixture_allow (f, &f->other, "always");
  g_autofree char *there = NULL;
  g_autofree char *missing = NULL;

  /* The application has not been identified yet. */
  there = probe (f, &f->app, other, INTROSPECT, "Introspect", NULL);
  missing = probe (f, &f->app, ROOT "/grant/00ff", INTROSPECT, "Introspect", NULL);
  g_assert_cmpstr (there, ==, missing);
  g_clear_pointer (&there, g_free);
  there = probe (f, &f->app, other, GRANT, "Revoke", NULL);
  g_assert_true (g_str_has_prefix (there, "org.freedesktop.DBus.Error.Unknown"));
}

static void
test_revoke (Fixture *f, gconstpointer setup)
{
  g_autofree char *own = fixture_allow (f, &f->app, "always");
  g_autofree char *other = fixture_allow (f, &f->other, "always");
  g_autofree char *foreign = probe (f, &f->app, other, GRANT, "Revoke", NULL);
  g_autofree char *mine = probe (f, &f->app, own, GRANT, "Revoke", NULL);
  g_autofree char *again = probe (f, &f->app, own, GRANT, "Revoke", NULL);
  g_autofree char *by_host = probe (f, &f->host, other, GRANT, "Revoke", NULL);

  g_assert_true (g_str_has_prefix (foreign, "org.freedesktop.DBus.Error.Unknown"));
  g_assert_cmpstr (mine, ==, "()");
  g_assert_cmpstr (again, ==, foreign);
  g_assert_cmpstr (by_host, ==, "()");
}

static void
test_remove (Fixture *f, gconstpointer setup)
{
  g_autofree char *client = fixture_add_client (f);
  g_autofree char *by_app = probe (f, &f->app, client, CLIENT, "Remove", NULL);
  g_autofree char *by_host = probe (f, &f->host, client, CLIENT, "Remove", NULL);
  g_autoptr (GVariant) rest = list_objects (f, &f->host);

  g_assert_true (g_str_has_prefix (by_app, "org.freedesktop.DBus.Error.Unknown"));
  g_assert_cmpstr (by_host, ==, "()");
  g_assert_cmpuint (g_variant_n_children (rest), ==, 0);
}

/* Those of the configuration are there like others, and the configuration removes them.
 */
static void
test_configured (Fixture *f, gconstpointer setup)
{
  g_autoptr (BmaConfig) config = bma_config_ref (bma_broker_get_config (f->broker));
  BmaClient *client = bma_client_new ("https://app.example/c");
  g_autofree char *path = g_strconcat (ROOT "/client/", client->record.id, NULL);
  g_autofree char *id = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *removed = NULL;
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) after = NULL;

  client->origin = g_strdup (BMA_CLIENT_ORIGIN_CONFIGURED);
  g_ptr_array_add (config->clients, client);
  bma_broker_set_config (f->broker, config);
  before = list_objects (f, &f->host);
  g_assert_true (has_object (before, path));
  id = get_property (f, &f->host, path, CLIENT, "ClientId");
  g_assert_cmpstr (id, ==, "'https://app.example/c'");
  origin = get_property (f, &f->host, path, CLIENT, "Origin");
  g_assert_cmpstr (origin, ==, "'configured'");
  removed = probe (f, &f->host, path, CLIENT, "Remove", NULL);
  g_assert_cmpstr (removed, ==, "org.biomcp.Auth.Error.PolicyForbidden");
  g_ptr_array_set_size (config->clients, 0);
  bma_broker_set_config (f->broker, config);
  after = list_objects (f, &f->host);
  g_assert_false (has_object (after, path));
}

static void
test_tells_watchers (Fixture *f, gconstpointer setup)
{
  g_autoptr (GVariant) host = list_objects (f, &f->host);
  g_autoptr (GVariant) other = list_objects (f, &f->other);
  g_autofree char *grant = fixture_allow (f, &f->app, "always");
  g_autoptr (GVariant) revoked = NULL;
  g_autofree char *added = NULL;

  g_variant_get_child (caller_wait (&f->host, f, "InterfacesAdded")->body, 0, "o",
                       &added);
  g_assert_cmpstr (added, ==, grant);
  revoked = caller_ok (&f->host, f, grant, GRANT, "Revoke", NULL);
  caller_wait (&f->host, f, "InterfacesRemoved");
  caller_settle (&f->other, f);
  g_assert_cmpuint (caller_count (&f->other, "InterfacesAdded"), ==, 0);
  g_assert_cmpuint (caller_count (&f->other, "InterfacesRemoved"), ==, 0);
}

#define ADD(name, func)                                                                  \
  g_test_add ("/dbus/objects/" name, Fixture, NULL, fixture_set_up, func,                \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("everybody-sees-their-own", test_everybody_sees_their_own);
  ADD ("properties-are-those-of-the-record", test_properties);
  ADD ("of-others-do-not-exist", test_others_do_not_exist);
  ADD ("look-alike-to-callers-not-yet-identified", test_unknown_callers_cannot_tell);
  ADD ("grants-can-be-revoked-by-holder-and-host", test_revoke);
  ADD ("clients-can-be-removed-by-the-host", test_remove);
  ADD ("clients-of-the-configuration-stay", test_configured);
  ADD ("watchers-hear-of-what-they-may-see", test_tells_watchers);
  return g_test_run ();
}
