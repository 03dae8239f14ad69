package dev.guidon.server.demo;

import dev.guidon.model.json.Json;

/** The shop's flags as documents of the API. */
final class DemoFlags {
  private DemoFlags() {}

  static Json.Obj sortOrder() {
    Json.Obj variants = Json.Obj.of("by-name", Json.of("name"), "by-price", Json.of("price"));
    return flag(Shop.SORT_ORDER, "string", /* on= */ true, variants, "by-name", "by-name");
  }

  static Json.Obj freeShippingFrom() {
    Json.Obj variants = Json.Obj.of("usual", Json.of(10_000), "generous", Json.of(2_500));
    return flag(Shop.FREE_SHIPPING_FROM, "number", /* on= */ true, variants, "usual", "generous");
  }

  static Json.Obj newCheckout() {
    Json.Obj variants = Json.Obj.of("off", Json.of(false), "on", Json.of(true));
    return flag(Shop.NEW_CHECKOUT, "boolean", /* on= */ false, variants, "off", "on");
  }

  private static Json.Obj flag(
      String key,
      String type,
      boolean on,
      Json.Obj variants,
      String offVariant,
      String defaultVariant) {
    Json.Obj envelope =
        Json.Obj.builder()
            .put("key", key)
            .put("type", type)
            .put("on", Json.of(on))
            .put("variants", variants)
            .put("offVariant", offVariant)
            .build();
    return Json.Obj.of(
        "envelope", envelope, "default", Json.Obj.of("variant", Json.of(defaultVariant)));
  }

  /** A patch: on, by a rule for one country, else off. */
  static Json.Obj germanyOnly() {
    Json.Obj inGermany =
        Json.Obj.builder()
            .put("attribute", "country")
            .put("op", "in")
            .put("values", Json.arr(Json.of("DE")))
            .build();
    Json.Obj rule =
        Json.Obj.builder()
            .put("id", "germany")
            .put("if", inGermany)
            .put("serve", Json.Obj.of("variant", Json.of("on")))
            .build();
    return Json.Obj.of(
        "envelope",
        Json.Obj.of("on", Json.of(true)),
        "rules",
        Json.arr(rule),
        "default",
        Json.Obj.of("variant", Json.of("off")));
  }
}
