package dev.guidon.server.demo;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An application as its authors would write it: three services that ask OpenFeature and know
 * nothing of Guidon. Prices are whole cents.
 */
final class Shop {
  static final String NEW_CHECKOUT = "new-checkout";
  static final String SORT_ORDER = "catalog-sort";
  static final String FREE_SHIPPING_FROM = "free-shipping-from";

  private final Catalog catalog;
  private final Cart cart;
  private final Checkout checkout;

  Shop(Client flags) {
    this.catalog = new Catalog(flags);
    this.cart = new Cart(flags);
    this.checkout = new Checkout(flags);
  }

  /** Somebody who buys. */
  record Customer(String id, String country) {
    ImmutableContext context() {
      return new ImmutableContext(id, Map.of("country", new Value(country)));
    }
  }

  record Product(String name, int priceCents) {}

  /**
   * What a visit led to.
   *
   * @param flow the checkout that the customer saw: {@code classic} or {@code one-page}
   */
  record Receipt(String flow, int totalCents) {}

  /** One visit: looks, puts the first two products into the cart, pays. */
  Receipt visit(Customer customer) {
    List<Product> shown = catalog.products(customer);
    int sum = shown.get(0).priceCents() + shown.get(1).priceCents();
    return checkout.pay(customer, sum + cart.shippingCents(customer, sum));
  }

  Checkout checkout() {
    return checkout;
  }

  /** What there is to buy, in an order that a flag decides. */
  static final class Catalog {
    private static final List<Product> PRODUCTS =
        List.of(
            new Product("pennant", 1900),
            new Product("flagpole", 12900),
            new Product("halyard", 900));

    private final Client flags;

    Catalog(Client flags) {
      this.flags = flags;
    }

    List<Product> products(Customer customer) {
      List<Product> sorted = new ArrayList<>(PRODUCTS);
      switch (flags.getStringValue(SORT_ORDER, "name", customer.context())) {
        case "price" -> sorted.sort((a, b) -> Integer.compare(a.priceCents(), b.priceCents()));
        default -> sorted.sort((a, b) -> a.name().compareTo(b.name()));
      }
      return sorted;
    }
  }

  /** What shipping costs, from a number that a flag holds. */
  static final class Cart {
    private static final int SHIPPING_CENTS = 490;

    private final Client flags;

    Cart(Client flags) {
      this.flags = flags;
    }

    int shippingCents(Customer customer, int sumCents) {
      int freeFrom = flags.getIntegerValue(FREE_SHIPPING_FROM, 10_000, customer.context());
      return sumCents >= freeFrom ? 0 : SHIPPING_CENTS;
    }
  }

  /** Which checkout a customer sees. */
  static final class Checkout {
    private final Client flags;

    Checkout(Client flags) {
      this.flags = flags;
    }

    boolean isOnePage(Customer customer) {
      return flags.getBooleanValue(NEW_CHECKOUT, false, customer.context());
    }

    Receipt pay(Customer customer, int totalCents) {
      return new Receipt(isOnePage(customer) ? "one-page" : "classic", totalCents);
    }
  }
}
