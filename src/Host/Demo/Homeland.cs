using System.Text;

namespace Muster.Host.Demo;

/// <summary>Where the sample's people live, and what people there are called.</summary>
internal sealed record Homeland(string Country, string[] Cities, string[] FirstNames, string[] LastNames)
{
    public static readonly IReadOnlyList<Homeland> All =
    [
        new("US", ["New York", "Chicago", "Austin", "Seattle", "Denver"],
            Words("Emma Olivia Ava Mia Harper Grace Chloe Zoe Liam Noah Ethan Mason Logan Lucas Caleb Owen"),
            Words("Smith Johnson Brown Davis Miller Wilson Moore Taylor Anderson Thomas Jackson White Harris Clark Lewis Walker Hall Young King Wright")),
        new("GB", ["London", "Leeds", "Bristol", "Glasgow"],
            Words("Amelia Isla Poppy Freya Florence Alice Evie Daisy Oliver George Harry Jack Alfie Arthur Oscar Theo"),
            Words("Jones Williams Evans Roberts Hughes Edwards Green Wood Turner Cooper Ward Morris Bailey Parker Bennett Shaw")),
        new("DE", ["Berlin", "Hamburg", "München", "Köln"],
            Words("Hannah Lena Marie Lea Clara Johanna Frieda Ida Jonas Felix Paul Leon Maximilian Emil Jakob Moritz"),
            Words("Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder")),
        new("FR", ["Paris", "Lyon", "Nantes", "Lille"],
            Words("Léa Chloé Manon Camille Inès Jade Louise Zoé Hugo Louis Jules Gabriel Arthur Raphaël Nathan Théo"),
            Words("Martin Bernard Dubois Durand Leroy Moreau Simon Laurent Lefèvre Michel Garcia Roux Fournier Girard Bonnet Mercier")),
        new("ES", ["Madrid", "Sevilla", "Valencia", "Bilbao"],
            Words("Lucía Sofía Martina María Paula Carmen Alba Elena Hugo Mateo Martín Pablo Daniel Álvaro Adrián Diego"),
            Words("García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Jiménez Ruiz Díaz Moreno Muñoz Romero Navarro")),
        new("IN", ["Mumbai", "Pune", "Bengaluru", "Chennai"],
            Words("Aanya Diya Isha Kavya Meera Priya Riya Saanvi Aarav Arjun Ishaan Kabir Rohan Vihaan Vikram Dev"),
            Words("Sharma Patel Gupta Singh Kumar Reddy Iyer Nair Mehta Joshi Desai Rao Kapoor Banerjee Chatterjee Menon")),
        new("BR", ["São Paulo", "Recife", "Curitiba", "Salvador"],
            Words("Ana Beatriz Júlia Larissa Camila Fernanda Letícia Helena João Pedro Gabriel Rafael Bruno Thiago Felipe André"),
            Words("Silva Santos Oliveira Souza Lima Pereira Ferreira Costa Rodrigues Almeida Nascimento Araújo Ribeiro Carvalho Gomes Barbosa")),
    ];

    // More people come from the homelands named first.
    private static readonly double[] Shares = [0.38, 0.54, 0.68, 0.78, 0.87, 0.95, 1.0];

    /// <summary>The homeland of someone.</summary>
    public static Homeland Of(double share) => All[Array.FindIndex(Shares, s => share < s)];

    /// <summary>A name as it stands in an address: without accents and spaces.</summary>
    public static string ForAddress(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var letter in name.Normalize(NormalizationForm.FormD).Where(char.IsAsciiLetter))
        {
            plain.Append(char.ToLowerInvariant(letter));
        }

        return plain.ToString();
    }

    private static string[] Words(string words) => words.Split(' ');
}
