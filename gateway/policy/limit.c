/* SPDX-License-Identifier: MIT */
#include "policy/limit.h"

enum { WINDOW_MS = 100, SAMPLES_MIN = 10, USUAL_WINDOWS = 600 };

static double clamp(double value, double least, double most)
{
    if (value < least)
        return least;
    return value > most ? most : value;
}

static double bounded(double value, const struct limit_rule *rule, int64_t most)
{
    double highest = (double)most, lowest = (double)rule->least;
    return clamp(value, lowest < highest ? lowest : highest, highest);
}

int64_t limit_value(const struct limit *limit, const struct limit_rule *rule, int64_t most)
{
    return limit->value > 0 ? (int64_t)bounded(limit->value, rule, most) : most;
}

/* What a window of samples says. The usual time follows slowly upwards, and quickly down again: an
 * illness that is over is not the measure of health. */
static void learn(struct limit *limit, const struct limit_rule *rule, int64_t most)
{
    double now_us = (double)limit->total_us / (double)limit->samples;
    double value = limit->value > 0 ? limit->value : (double)most;
    if (now_us < 1)
        now_us = 1;
    if (limit->usual_us <= 0)
        limit->usual_us = now_us;
    else
        limit->usual_us += (now_us - limit->usual_us) / USUAL_WINDOWS;
    if (limit->usual_us > 2 * now_us)
        limit->usual_us *= 0.95;
    double gradient =
        clamp((double)rule->tolerance_percent / 100 * limit->usual_us / now_us, 0.5, 1);
    double wanted = value * gradient + (double)rule->growth;
    double weight = (double)rule->smoothing_percent / 100;
    limit->value = bounded(value * (1 - weight) + wanted * weight, rule, most);
}

void limit_note(struct limit *limit, const struct limit_rule *rule, int64_t most, int64_t took_us,
                instant now)
{
    if (limit->samples == 0)
        limit->window_ends = instant_after_ms(now, WINDOW_MS);
    limit->samples++;
    limit->total_us += took_us;
    if (limit->samples < SAMPLES_MIN || now < limit->window_ends)
        return;
    learn(limit, rule, most);
    limit->samples = limit->total_us = 0;
}
