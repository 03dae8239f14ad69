package dev.guidon.control.rest;

import dev.guidon.model.Texts;
import dev.guidon.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Pages: an opaque cursor names where the next one begins. */
final class Cursors {
  private Cursors() {}

  static String write(String where) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(where.getBytes(StandardCharsets.UTF_8));
  }

  static @Nullable String read(ApiRequest request) {
    String cursor = request.query().get("cursor");
    if (cursor == null) {
      return null;
    }
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw broken(cursor);
    }
  }

  static ApiException broken(String cursor) {
    return new ApiException(
        Code.BAD_REQUEST,
        "query cursor: " + Texts.shown(cursor) + " (expected: the next of a page)");
  }

  /** One page of a sorted whole, by key. */
  static ApiResponse page(ApiRequest request, SortedMap<String, Json> all) {
    return page(request, Json.Obj.builder(), all);
  }

  /** One page, with members of its own before the items. */
  static ApiResponse page(ApiRequest request, Json.Obj.Builder out, SortedMap<String, Json> all) {
    String after = read(request);
    String prefix = request.query().getOrDefault("prefix", "");
    SortedMap<String, Json> rest = after == null ? all : new TreeMap<>(all).tailMap(after + "\0");
    java.util.ArrayList<Json> items = new java.util.ArrayList<>();
    String last = null;
    String next = null;
    for (var entry : rest.entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        continue;
      }
      if (items.size() == request.limit()) {
        next = last == null ? null : write(last);
        break;
      }
      items.add(entry.getValue());
      last = entry.getKey();
    }
    return answer(request, out, items, next);
  }

  static ApiResponse answer(
      ApiRequest request, Json.Obj.Builder out, List<Json> items, @Nullable String next) {
    ApiResponse response =
        ApiResponse.json(
            200, out.put("items", new Json.Arr(items)).putIfPresent("next", next).build());
    return next == null
        ? response
        : response.with("Link", "<" + address(request, next) + ">; rel=\"next\"");
  }

  private static String address(ApiRequest request, String next) {
    StringBuilder address = new StringBuilder(request.rawPath()).append('?');
    request
        .query()
        .forEach((name, value) -> {
          if (!name.equals("cursor")) {
            address
                .append(Percent.encode(name))
                .append('=')
                .append(Percent.encode(value))
                .append('&');
          }
        });
    return address.append("cursor=").append(next).toString();
  }
}
