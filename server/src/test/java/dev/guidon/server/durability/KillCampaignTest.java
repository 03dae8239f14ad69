package dev.guidon.server.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 25 kills here; {@code ./guidon test --kills 200} for more, {@code -Dguidon.seed=} for the same
 * moments again.
 */
class KillCampaignTest {
  private static final int KILLS = Integer.getInteger("guidon.kills", 25);
  private static final double IN_FLIGHT_LEAST = 0.3;

  @TempDir Path folder;

  @Test
  void killedAtAnyMomentNothingAcknowledgedIsLostAndNobodyGoesBack() throws Exception {
    long seed = Long.getLong("guidon.seed", System.nanoTime());

    KillCampaign.Findings findings;
    try (KillCampaign campaign = new KillCampaign(folder, seed)) {
      findings = campaign.run(KILLS);
    }

    print(findings, seed);
    assertThat(findings.violations()).isEmpty();
    assertThat(findings.histogram().inFlightShare()).isGreaterThanOrEqualTo(IN_FLIGHT_LEAST);
    assertThat(findings.acknowledged()).isGreaterThan(KILLS * KillCampaign.WRITERS);
    assertThat(findings.direct()).hasSizeGreaterThan(KILLS * KillCampaign.WRITERS);
    assertThat(findings.replicated()).hasSizeGreaterThan(KILLS);
    assertThat(findings.sdkViews()).isGreaterThan(KILLS);
  }

  private static void print(KillCampaign.Findings findings, long seed) {
    System.out.printf(
        "CLAIM kill-campaign: %d kills, %.0f %% of them between request and acknowledgement, %d acknowledged writes, %d entries, %d views in the SDK, %d violations%n",
        KILLS,
        100 * findings.histogram().inFlightShare(),
        findings.acknowledged(),
        findings.entries(),
        findings.sdkViews(),
        findings.violations().size());
    System.out.println(
        "kill -9: "
            + KILLS
            + " times, "
            + KillCampaign.WRITERS
            + " writers, seed "
            + seed
            + "; the watched writer was");
    findings.histogram().lines().forEach(System.out::println);
    System.out.println(
        "  "
            + findings.acknowledged()
            + " acknowledged writes, "
            + findings.entries()
            + " entries in the log; the same state at "
            + seen(findings.direct())
            + " in the server's replication, at "
            + seen(findings.replicated())
            + " in that of an edge behind it; "
            + findings.sdkViews()
            + " views applied by the SDK; "
            + findings.violations().size()
            + " violations");
  }

  private static String seen(List<ReplicationRecorder.Seen> all) {
    return all.size()
        + " revisions ("
        + KillCampaign.Findings.snapshots(all)
        + " of them by snapshot)";
  }
}
