/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-keyfile-quarantine.h"

#include <unistd.h>

#define MAX_REPORTS    10
#define MAX_NAME_TRIES 1000

typedef struct
{
  size_t offset;
  size_t length;
  const char *problem; /* not owned, static */
} Range;

struct _BmaKeyfileQuarantine
{
  const char *bytes; /* not owned: the state file */
  GArray *ranges;    /* owned, of Range, in order */
};

/**
 * bma_keyfile_quarantine_new:
 * @bytes: the state file; must outlive the quarantine
 *
 * Returns: (transfer full): an empty quarantine
 */
BmaKeyfileQuarantine *
bma_keyfile_quarantine_new (const char *bytes)
{
  BmaKeyfileQuarantine *self = g_new0 (BmaKeyfileQuarantine, 1);

  self->bytes = bytes;
  self->ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  return self;
}

/**
 * bma_keyfile_quarantine_free:
 * @self: (transfer full): a quarantine
 *
 * Forgets the ranges.
 */
void
bma_keyfile_quarantine_free (BmaKeyfileQuarantine *self)
{
  g_array_unref (self->ranges);
  g_free (self);
}

/**
 * bma_keyfile_quarantine_add:
 * @self: a quarantine
 * @offset: where in the state file
 * @length: how many bytes
 * @problem: (transfer none): a static text for people
 *
 * Adds a range. It joins the one before if it follows it with the same problem.
 */
void
bma_keyfile_quarantine_add (BmaKeyfileQuarantine *self,
                            size_t offset,
                            size_t length,
                            const char *problem)
{
  Range range = { offset, length, problem };

  if (self->ranges->len > 0)
    {
      Range *last = &g_array_index (self->ranges, Range, self->ranges->len - 1);

      if (last->offset + last->length == offset && last->problem == problem)
        {
          last->length += length;
          return;
        }
    }
  g_array_append_val (self->ranges, range);
}

/**
 * bma_keyfile_quarantine_is_empty:
 * @self: a quarantine
 *
 * Returns: whether nothing is wrong
 */
gboolean
bma_keyfile_quarantine_is_empty (const BmaKeyfileQuarantine *self)
{
  return self->ranges->len == 0;
}

/* A name that tells when it was: quarantine-20260101T000000Z.ini, or ...Z-2.ini */
static int
create_file (BmaKeyfileFolder *folder, BmaClock *clock, char **name, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (bma_clock_now_s (clock));
  g_autofree char *time = now != NULL ? g_date_time_format (now, "%Y%m%dT%H%M%SZ")
                                      : g_strdup ("unknown");

  for (unsigned int i = 1; i < MAX_NAME_TRIES; i++)
    {
      g_autoptr (GError) problem = NULL;
      g_autofree char *suffix = i > 1 ? g_strdup_printf ("-%u", i) : g_strdup ("");
      g_autofree char *tried = g_strdup_printf ("quarantine-%s%s.ini", time, suffix);
      int fd = bma_keyfile_folder_create_file (folder, tried, &problem);

      if (fd >= 0)
        *name = g_steal_pointer (&tried);
      else if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_EXIST))
        continue;
      else
        g_propagate_error (error, g_steal_pointer (&problem));
      return fd;
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
               "there are too many quarantine files");
  return -1;
}

static GString *
make_text (BmaKeyfileQuarantine *self)
{
  GString *text =
      g_string_new ("# Parts of " BMA_KEYFILE_STATE_NAME " that could not be used.\n");

  for (unsigned int i = 0; i < self->ranges->len; i++)
    {
      const Range *range = &g_array_index (self->ranges, Range, i);

      g_string_append_printf (text,
                              "\n# %" G_GSIZE_FORMAT " bytes at offset %" G_GSIZE_FORMAT
                              ": %s\n",
                              range->length, range->offset, range->problem);
      g_string_append_len (text, self->bytes + range->offset, (gssize) range->length);
    }
  return text;
}

static void
report (BmaKeyfileQuarantine *self, const char *where, GPtrArray *reports)
{
  for (unsigned int i = 0; i < self->ranges->len && i < MAX_REPORTS; i++)
    {
      const Range *range = &g_array_index (self->ranges, Range, i);

      g_ptr_array_add (reports, g_strdup_printf ("A part of " BMA_KEYFILE_STATE_NAME
                                                 " (%" G_GSIZE_FORMAT
                                                 " bytes at offset %" G_GSIZE_FORMAT
                                                 ") was not used: %s; it is %s",
                                                 range->length, range->offset,
                                                 range->problem, where));
    }
  if (self->ranges->len > MAX_REPORTS)
    g_ptr_array_add (reports, g_strdup_printf ("%u more parts of " BMA_KEYFILE_STATE_NAME
                                               " were not used; they are %s",
                                               self->ranges->len - MAX_REPORTS, where));
}

/**
 * bma_keyfile_quarantine_save:
 * @self: a quarantine that is not empty
 * @folder: where to
 * @clock: for the file's name
 * @reports: (element-type utf8): sentences for people are added to it
 *
 * Copies the ranges to a new file and reports them.
 *
 * Returns: whether the copy is on the disk, so that the state file may lose the ranges
 */
gboolean
bma_keyfile_quarantine_save (BmaKeyfileQuarantine *self,
                             BmaKeyfileFolder *folder,
                             BmaClock *clock,
                             GPtrArray *reports)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = make_text (self);
  g_autofree char *name = NULL;
  g_autofree char *where = NULL;
  int fd = create_file (folder, clock, &name, &error);
  gboolean is_saved = FALSE;

  if (fd >= 0)
    {
      is_saved = bma_keyfile_folder_write (folder, fd, text->str, text->len, 0, &error) &&
                 bma_keyfile_folder_sync (folder, &error);
      close (fd);
    }
  if (is_saved)
    where = g_strdup_printf ("kept in %s", name);
  else
    where = g_strdup_printf ("still there, because it could not be copied: %s",
                             error->message);
  if (!is_saved && name != NULL)
    bma_keyfile_folder_remove_file (folder, name);
  report (self, where, reports);
  return is_saved;
}
