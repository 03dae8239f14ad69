package dev.guidon.sdk;

import dev.guidon.model.HashedMap;
import dev.guidon.model.Packer;
import dev.guidon.model.View;
import dev.guidon.model.ViewEntity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the documents of a view small once it is in service: nobody reads them again unless the
 * application asks why, or the view is written to disk. A first view has thousands of them, and
 * nothing waits for that: a thread of its own packs them and ends.
 */
final class Packing {
  private static final int AT_ONCE_MAX = 64;

  private Packing() {}

  static void pack(@Nullable View before, View view) {
    List<ViewEntity> fresh = new ArrayList<>();
    HashedMap<ViewEntity> known = before == null ? HashedMap.empty() : before.entities();
    view.entities().difference(known, (id, was, is) -> addIfLoose(is, fresh));
    if (fresh.size() <= AT_ONCE_MAX) {
      pack(fresh);
      return;
    }
    Thread packing = new Thread(() -> pack(fresh), "guidon-packing");
    packing.setDaemon(true);
    packing.start();
  }

  private static void addIfLoose(@Nullable ViewEntity entity, List<ViewEntity> into) {
    if (entity != null && !entity.isPacked()) {
      into.add(entity);
    }
  }

  private static void pack(List<ViewEntity> loose) {
    if (loose.isEmpty()) {
      return;
    }
    try (Packer packer = new Packer()) {
      loose.forEach(entity -> entity.pack(packer));
    }
  }
}
