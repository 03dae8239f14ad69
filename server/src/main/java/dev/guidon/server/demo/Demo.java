package dev.guidon.server.demo;

import dev.guidon.model.Position;
import dev.guidon.model.json.Json;
import dev.guidon.sdk.GuidonClient;
import dev.guidon.sdk.GuidonProvider;
import dev.guidon.server.demo.Shop.Customer;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A script in which a shop keeps running while its flags change and its server dies. Every number
 * on the screen was measured in this run, and every claim is checked: a step that does not show
 * what it says is a {@link DemoFailure}.
 */
public final class Demo implements AutoCloseable {
  private static final int FLIPS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * An SDK waits longer after each failure, and longest where the server takes long to come back.
   */
  private static final Duration RECONNECT_MAX = Duration.ofSeconds(60);

  private static final Duration DEAD = Duration.ofSeconds(2);
  private static final long LOOK_NANOS = 100_000;
  private static final Customer ANA = new Customer("ana", "DE");
  private static final Json.Obj ANA_JSON =
      Json.Obj.of("targetingKey", Json.of("ana"), "country", Json.of("DE"));

  private final Path data;
  private final Screen screen;
  private ServerProcess server;
  private final ServerProcess.Ready ready;
  private final RestClient rest;
  private final DemoApi api;
  private final GuidonClient client;
  private final Client flags;
  private final Shop shop;
  private final Traffic traffic;
  private final Millis flips = new Millis();
  private final Millis acknowledgements = new Millis();

  /**
   * Starts the server and the shop.
   *
   * @param data an empty folder for the server's log and the shop's cache
   */
  public Demo(Path data, PrintWriter out) throws IOException, InterruptedException {
    this.data = data;
    this.screen = new Screen(out);
    screen.step("Start a server, and a shop that decides by flags");
    this.server = ServerProcess.start(serverFlags("0", "0"));
    this.ready = server.awaitReady(PATIENCE.multipliedBy(3));
    screen.says("server ready after %d ms (process %d)", ready.took().toMillis(), server.pid());
    this.rest =
        new RestClient(
            ready.api(), Objects.requireNonNull(ready.adminToken(), "token of a first start"));
    this.api = new DemoApi(rest);
    long began = System.nanoTime();
    this.client =
        GuidonClient.builder()
            .url(ready.delivery().toString())
            .key(sdkKey())
            .name("demo-shop")
            .cacheDirectory(data.resolve("shop-cache"))
            .build();
    OpenFeatureAPI openFeature = OpenFeatureAPI.getInstance();
    openFeature.setProviderAndWait(GuidonProvider.of(client));
    this.flags = openFeature.getClient("shop");
    this.shop = new Shop(flags);
    this.traffic = new Traffic(shop);
    screen.says(
        "shop connected through OpenFeature after %d ms", (System.nanoTime() - began) / 1_000_000);
  }

  private List<String> serverFlags(String controlPort, String deliveryPort) {
    return List.of(
        "--data",
        data.resolve("server").toString(),
        "--control-port",
        controlPort,
        "--delivery-port",
        deliveryPort);
  }

  private String sdkKey() {
    return Objects.requireNonNull(ready.sdkKey(), "SDK key of a first start");
  }

  /** The whole script. */
  public void run() throws IOException, InterruptedException {
    long created = createFlags();
    flip();
    long targeted = target();
    killServer();
    restart();
    explain(created, targeted);
    summarize();
  }

  private long createFlags() throws IOException, InterruptedException {
    screen.step("Create three flags through the API");
    api.create(Shop.SORT_ORDER, "string", "How the catalog is sorted", DemoFlags.sortOrder());
    api.create(
        Shop.FREE_SHIPPING_FROM,
        "number",
        "Cents from which shipping is free",
        DemoFlags.freeShippingFrom());
    api.create(Shop.NEW_CHECKOUT, "boolean", "The checkout on one page", DemoFlags.newCheckout());
    require(
        await(() ->
            flags.getStringDetails(Shop.SORT_ORDER, "", ANA.context()).getErrorCode() == null
                && flags.getBooleanDetails(Shop.NEW_CHECKOUT, false, ANA.context()).getErrorCode()
                    == null),
        "the running shop knows the new flags");
    flags.addHooks(traffic.answers());
    traffic.open();
    Shop.Receipt receipt = shop.visit(ANA);
    require(receipt.flow().equals("classic"), "the new checkout is off");
    screen.says(
        "the running shop has them; ana sees the %s checkout and pays %d cents",
        receipt.flow(), receipt.totalCents());
    return Objects.requireNonNull(client.position()).revision();
  }

  private void flip() throws IOException, InterruptedException {
    screen.step("Flip new-checkout " + FLIPS + " times, and watch the shop's own answer");
    for (int i = 0; i < FLIPS; i++) {
      flipOnce(i % 2 == 0);
    }
    screen.says(
        "from sending the request to the changed answer in the shop: p50 %.1f ms, max %.1f ms",
        flips.median(), flips.max());
    screen.says(
        "of which until the write was on disk and acknowledged: p50 %.1f ms",
        acknowledgements.median());
  }

  private void flipOnce(boolean on) throws IOException {
    long sent = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Long> acknowledged =
          CompletableFuture.supplyAsync(() -> turnAndTime(on, sent), threads);
      boolean changed = await(() -> shop.checkout().isOnePage(ANA) == on);
      long seen = System.nanoTime() - sent;
      acknowledgements.add(acknowledged.join());
      require(changed, "the shop's answer changed to " + on);
      flips.add(seen);
    } catch (CompletionException e) {
      throw new IOException("the flip was not acknowledged", e);
    }
  }

  private long turnAndTime(boolean on, long sent) {
    try {
      api.turn(Shop.NEW_CHECKOUT, on);
      return System.nanoTime() - sent;
    } catch (IOException e) {
      throw new CompletionException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  private long target() throws IOException, InterruptedException {
    screen.step("Turn it on, for customers in Germany only");
    long revision = api.patch(Shop.NEW_CHECKOUT, DemoFlags.germanyOnly());
    require(
        await(() -> shop.checkout().isOnePage(ANA)), "ana in Germany sees the one-page checkout");
    boolean elsewhere = shop.checkout().isOnePage(new Customer("ben", "FR"));
    require(!elsewhere, "ben in France keeps the classic one");
    screen.says("revision %d: ana (DE) sees one-page, ben (FR) sees classic", revision);
    return revision;
  }

  private void killServer() throws InterruptedException {
    screen.step("Kill the server (SIGKILL)");
    Traffic.Count before = traffic.count();
    Position stood = client.position();
    server.kill();
    require(!server.isAlive(), "the server is dead");
    Thread.sleep(DEAD);
    Traffic.Count during = traffic.count().since(before);
    require(during.visits() > 0, "customers were served");
    require(during.errors() == 0, "no evaluation failed; " + during.errors() + " did");
    require(Objects.equals(stood, client.position()), "the shop stands where it stood");
    screen.says(
        "%.1f s without a server: %d visits, %d evaluations, %d errors",
        DEAD.toMillis() / 1000.0, during.visits(), during.evaluations(), during.errors());
  }

  private void restart() throws IOException, InterruptedException {
    screen.step("Start it again on the same data");
    Position stood = Objects.requireNonNull(client.position());
    long began = System.nanoTime();
    server =
        ServerProcess.start(
            serverFlags(
                String.valueOf(ready.api().getPort()), String.valueOf(ready.delivery().getPort())));
    ServerProcess.Ready again = server.awaitReady(PATIENCE.multipliedBy(3));
    screen.says("ready after %d ms; nothing acknowledged was lost", again.took().toMillis());
    long revision =
        api.patch(
            Shop.SORT_ORDER, Json.Obj.of("default", Json.Obj.of("variant", Json.of("by-price"))));
    require(
        await(
            RECONNECT_MAX,
            () -> flags.getStringValue(Shop.SORT_ORDER, "", ANA.context()).equals("price")),
        "a change made after the restart reaches the shop");
    screen.says(
        "the shop had reconnected by itself and had the next change %.1f s after the restart began",
        (System.nanoTime() - began) / 1e9);
    require(
        revision == stood.revision() + 1, "revision " + revision + " follows " + stood.revision());
    ViewProbe.First first = ViewProbe.resume(ready.delivery(), sdkKey(), stood.text());
    require(
        first.event().equals("delta"),
        "a reader at " + stood + " is sent a delta, not a " + first.event());
    screen.says(
        "who was at revision %d is sent a %s of %d bytes",
        stood.revision(), first.event(), first.bytes());
  }

  private void explain(long created, long targeted) throws IOException, InterruptedException {
    screen.step("Ask why ana saw what she saw, at two revisions");
    DemoApi.Why then = api.why(Shop.NEW_CHECKOUT, ANA_JSON, created);
    DemoApi.Why later = api.why(Shop.NEW_CHECKOUT, ANA_JSON, targeted);
    require(
        then.value().equals("false") && later.value().equals("true"),
        "history answers as it did: " + then + later);
    screen.says("revision %3d: %-5s  %s", created, then.value(), then.reason());
    screen.says(
        "revision %3d: %-5s  %s, rule %s", targeted, later.value(), later.reason(), later.rule());
  }

  private void summarize() {
    Traffic.Count all = traffic.count();
    require(all.errors() == 0, "no evaluation failed in the whole run; " + all.errors() + " did");
    screen.step("Done");
    screen.says(
        "%d visits, %d evaluations, %d errors; %d flips, p50 %.1f ms, max %.1f ms",
        all.visits(), all.evaluations(), all.errors(), flips.count(), flips.median(), flips.max());
  }

  /** What a reader may do with the server that goes on. */
  public void invite() {
    screen.step("The shop and the server go on until Ctrl-C. In another terminal:");
    screen.verbatim("export GUIDON_URL=" + ready.api());
    screen.verbatim("export GUIDON_TOKEN=" + ready.adminToken());
    screen.verbatim("./guidon flag list --project default --env dev");
    screen.verbatim("./guidon flag toggle " + Shop.NEW_CHECKOUT + " --project default --env dev");
    screen.verbatim("./guidon why " + Shop.NEW_CHECKOUT + " --project default --env dev \\");
    screen.verbatim("    --context '{\"targetingKey\":\"ana\",\"country\":\"DE\"}'");
  }

  private static boolean await(BooleanSupplier condition) {
    return await(PATIENCE, condition);
  }

  private static boolean await(Duration patience, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      if (condition.getAsBoolean()) {
        return true;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return false;
  }

  private static void require(boolean holds, String claim) {
    if (!holds) {
      throw new DemoFailure("not so: " + claim);
    }
  }

  @Override
  public void close() {
    try {
      traffic.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    OpenFeatureAPI.getInstance().shutdown();
    rest.close();
    server.close();
  }
}
