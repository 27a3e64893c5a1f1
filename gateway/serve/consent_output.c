/* SPDX-License-Identifier: MIT */
#include "serve/consent_output.h"

#include "base/base64url.h"

static void write_time(struct writer *w, struct str name, struct wall time)
{
    writer_name_text(w, name);
    writer_wall(w, time);
}

/* One that is not configured any more has its id alone. */
static void write_service(struct writer *w, const struct consent_output *output, struct str id)
{
    const struct service *service = service_find(&output->snapshot->services, id);

    writer_member_str(w, "id", id);
    writer_member_str(w, "name", service ? service->name.in[output->language] : STR_NONE);
    writer_member_str(w, "purpose", service ? service->purpose.in[output->language] : STR_NONE);
}

static void write_consent(struct writer *w, const struct consent_output *output,
                          const struct consent *consent)
{
    writer_object(w);
    writer_member_str(w, "id", consent->id);
    writer_name(w, "service");
    writer_object(w);
    write_service(w, output, consent->service);
    writer_object_end(w);
    writer_name(w, "kinds");
    item_kinds_write(w, consent->kinds);
    writer_name(w, "sources");
    if (consent->source_count == 0) {
        writer_null(w);
    } else {
        writer_array(w);
        for (size_t i = 0; i < consent->source_count; i++)
            writer_str(w, consent->sources[i]);
        writer_array_end(w);
    }
    writer_member_str(w, "state", consent_state_name(consent_state(consent, output->now)));
    write_time(w, STR("given"), consent->given);
    write_time(w, STR("until"), consent->until);
    write_time(w, STR("withdrawn"), consent->withdrawn);
    write_time(w, STR("used"), consent->used);
    writer_object_end(w);
}

/* Who may be given one: what the citizen decides by. */
static void write_services(struct writer *w, const struct consent_output *output)
{
    const struct services *services = &output->snapshot->services;

    writer_name(w, "services");
    writer_array(w);
    for (size_t i = 0; i < services->count; i++) {
        writer_object(w);
        write_service(w, output, services->at[i].id);
        writer_name(w, "kinds");
        item_kinds_write(w, services->at[i].kinds);
        writer_member_int(w, "max_days", services->at[i].max_days);
        writer_object_end(w);
    }
    writer_array_end(w);
}

void consent_output_list(const struct consent_output *output, const struct consent *list,
                         size_t count, struct buf *out)
{
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "receipt", output->receipt);
    writer_name(&w, "consents");
    writer_array(&w);
    for (size_t i = 0; i < count; i++)
        write_consent(&w, output, &list[i]);
    writer_array_end(&w);
    write_services(&w, output);
    writer_member_int(&w, "active_max", output->snapshot->settings.consents_active_max);
    writer_object_end(&w);
}

void consent_output_given(const struct consent_output *output, const struct consent *consent,
                          const struct consent_claims *claims, struct str token, struct buf *out)
{
    char thumbprint[BASE64URL_LENGTH((size_t)CONSENT_THUMBPRINT)];
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "receipt", output->receipt);
    writer_name(&w, "consent");
    write_consent(&w, output, consent);
    writer_member_str(&w, "token", token);
    writer_member_str(&w, "token_type", STR("Bearer"));
    writer_name(&w, "cnf");
    writer_object(&w);
    writer_member_str(&w, "x5t#S256",
                      base64url_encode(claims->certificate, CONSENT_THUMBPRINT, thumbprint));
    writer_object_end(&w);
    writer_object_end(&w);
}
