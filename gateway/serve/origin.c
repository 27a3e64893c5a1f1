/* SPDX-License-Identifier: MIT */
#include "serve/origin.h"

static bool is_same_site(struct str site)
{
    return !site.at || str_equal(site, STR("same-origin")) || str_equal(site, STR("none"));
}

/* The door is asked by https, so the origin of its own pages is that of Host. */
static bool is_same_origin(struct str origin, struct str host)
{
    struct str scheme = STR("https://");
    return !origin.at ||
           (str_starts_with(origin, scheme) && str_equal(str_skip(origin, scheme.len), host));
}

const char *origin_fault(const struct http_head *head, bool is_page, bool is_change)
{
    bool two_sites, two_origins, two_meant;
    struct str site = http_field_find(head, STR("Sec-Fetch-Site"), &two_sites);
    struct str origin = http_field_find(head, STR("Origin"), &two_origins);
    struct str meant = http_field_find(head, STR("Overblik-Operator"), &two_meant);

    if (two_sites || two_origins || two_meant)
        return "Sec-Fetch-Site, Origin or Overblik-Operator was sent twice";
    if (!(is_page || is_same_site(site)) || !is_same_origin(origin, head->host))
        return "this was asked for by a page of another site";
    if (is_change && str_is_empty(meant))
        return "by TLS this needs the field Overblik-Operator, with any value";
    return NULL;
}
