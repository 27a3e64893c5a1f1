/* SPDX-License-Identifier: MIT */
/* Whatever is read has its text and names within the ceilings; whatever is refused says why. */
#include <assert.h>

#include "base/xml.h"

static const char *on_start(void *ctx, struct str uri, struct str name,
                            const struct xml_attribute *attributes, size_t count)
{
    (void)attributes;
    assert(++*(size_t *)ctx <= XML_DEPTH_MAX && count <= XML_ATTRIBUTES_MAX);
    assert(str_is_utf8(name) && name.len > 0 && uri.len + name.len <= XML_NAME_MAX);
    return NULL;
}

static const char *on_end(void *ctx, struct str uri, struct str name, struct str text)
{
    (void)uri;
    assert((*(size_t *)ctx)-- > 0 && name.len > 0 && text.len <= XML_TEXT_MAX);
    assert(str_is_utf8(text));
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct xml_handler handler = {on_start, on_end};
    struct xml_fault fault;
    size_t depth = 0;
    bool taken = xml_read(str_make((const char *)bytes, len), &handler, &depth, &fault);

    assert(taken == !fault.why && (!taken || depth == 0));
    return 0;
}
