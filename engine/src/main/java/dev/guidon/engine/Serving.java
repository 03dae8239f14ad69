package dev.guidon.engine;

import dev.guidon.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a rule or the default gives. */
abstract class Serving {

  abstract Outcome serve(Context context, @Nullable Trace trace);

  /** One outcome for everybody. */
  static final class Fixed extends Serving {
    private final Outcome outcome;

    Fixed(Outcome outcome) {
      this.outcome = outcome;
    }

    @Override
    Outcome serve(Context context, @Nullable Trace trace) {
      return outcome;
    }
  }

  /** Shares of the units. */
  static final class Split extends Serving {
    private final Bucketing bucketing;
    private final int[] ends;
    private final Outcome[] shares;
    private final Outcome unitMissing;

    /**
     * @param ends the first bucket after each share, rising, the last 100,000
     */
    Split(Bucketing bucketing, int[] ends, Outcome[] shares, Outcome unitMissing) {
      this.bucketing = bucketing;
      this.ends = ends;
      this.shares = shares;
      this.unitMissing = unitMissing;
    }

    @Override
    Outcome serve(Context context, @Nullable Trace trace) {
      int bucket = bucketing.bucketOf(context);
      if (trace != null) {
        show(bucket, context, trace);
      }
      return bucket < 0 ? unitMissing : share(bucket);
    }

    private Outcome share(int bucket) {
      int i = 0;
      while (bucket >= ends[i]) {
        i++;
      }
      return shares[i];
    }

    private void show(int bucket, Context context, Trace trace) {
      String unit = bucketing.unitOf(context);
      TreeMap<String, Json> facts = new TreeMap<>();
      facts.put("salt", Json.of(bucketing.salt()));
      facts.put("attribute", Json.of(bucketing.unit().ref().name()));
      facts.put("unit", unit == null ? Json.NULL : Json.of(Values.text(unit)));
      facts.put("bucket", Json.of((long) bucket));
      facts.put("shares", sharesShown());
      trace.open(Explanation.Kind.SPLIT, facts);
      trace.close(null);
    }

    private Json sharesShown() {
      List<Json> shown = new ArrayList<>();
      int start = 0;
      for (int i = 0; i < shares.length; i++) {
        String variant = shares[i].variant();
        shown.add(
            Json.Obj.of(
                "variant",
                variant == null ? Json.NULL : Json.of(variant),
                "from",
                Json.of((long) start),
                "to",
                Json.of((long) ends[i])));
        start = ends[i];
      }
      return new Json.Arr(shown);
    }
  }
}
